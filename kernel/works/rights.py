"""Who may look at works of a kind, take the file that came of one, and cancel one: by role, and by the scopes of a token."""

from kernel.accounts.service import Caller
from kernel.errors import Forbidden
from kernel.works.kinds import WorkKind


def may_look(caller: Caller, kind: WorkKind) -> bool:
    """Whether works of a kind are shown at all; a token that may order such works or read their results looks at them too."""
    return caller.role in kind.readers and (_carries(caller, kind.reads) or _carries(caller, kind.writes))


def require_result(caller: Caller, kind: WorkKind) -> None:
    """Forbidden for a token that may not read what such works make."""
    if not _carries(caller, kind.reads):
        raise Forbidden("token_may_not", "这个令牌不能看做成的文件", "This token may not read what came of it")


def require_cancelling(caller: Caller, kind: WorkKind) -> None:
    """Forbidden for a token that may not change what such works change."""
    if not _carries(caller, kind.writes):
        raise Forbidden("token_may_not", "这个令牌不能取消", "This token may not cancel it")


def _carries(caller: Caller, scope: str | None) -> bool:
    """Whoever is signed in needs no scope."""
    return caller.token_scopes is None or scope in caller.token_scopes
