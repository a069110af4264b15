"""The states of a claim and the moves between them (domain §5). Pure.

A draft is its owner's; filing freezes it; the responsible bureau accepts, refuses with a code, or returns it to be completed. An
acceptance found wrong is revoked, never deleted.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from kernel.bilingual import Text
from kernel.errors import Conflict

DRAFT, FILED, ACCEPTED, REFUSED = "draft", "filed", "accepted", "refused"
WITHDRAWN, REVOKED = "withdrawn", "revoked"

STATES = {
    DRAFT: Text("草稿", "Draft"),
    FILED: Text("已申报，待受理", "Filed, to be decided"),
    ACCEPTED: Text("已受理", "Accepted"),
    REFUSED: Text("不予受理", "Refused"),
    WITHDRAWN: Text("已撤回", "Withdrawn"),
    REVOKED: Text("受理已撤销", "Acceptance revoked"),
}
Hand: TypeAlias = Literal["applicant", "bureau"]


@dataclass(frozen=True)
class ClaimMove:
    """One row of the table: from where, where to, whose hand, and whether it needs a word of reason."""

    sources: tuple[str, ...]
    target: str
    hand: Hand
    label: Text
    needs_note: bool = False


MOVES = {
    "file": ClaimMove((DRAFT,), FILED, "applicant", Text("申报", "File")),
    "withdraw": ClaimMove((DRAFT, FILED), WITHDRAWN, "applicant", Text("撤回", "Withdraw")),
    "accept": ClaimMove((FILED,), ACCEPTED, "bureau", Text("受理", "Accept")),
    "refuse": ClaimMove((FILED,), REFUSED, "bureau", Text("不予受理", "Refuse"), needs_note=True),
    "return": ClaimMove((FILED,), DRAFT, "bureau", Text("退回补正", "Return for completion"), needs_note=True),
    "revoke": ClaimMove((ACCEPTED,), REVOKED, "bureau", Text("撤销受理", "Revoke the acceptance"), needs_note=True),
}

REFUSALS = {
    "rule_says_no": Text("不符合条款", "The clause does not apply"),
    "not_proven": Text("材料证明不了所报的情况", "The papers do not prove what is stated"),
    "papers_missing": Text("材料不全", "Papers are missing"),
    "claimed_already": Text("已有同一事项的申报", "The same event was claimed already"),
    "false_papers": Text("材料不实", "The papers are false"),
    "other": Text("其他（写明）", "Another reason, as written"),
}


def next_state(move: str, state: str) -> str:
    """Where a move leads; Conflict where it does not apply."""
    one = MOVES[move]
    if state not in one.sources:
        raise refusal(move, state)
    return one.target


def refusal(move: str, state: str) -> Conflict:
    """Why a move does not apply now."""
    word, now = MOVES[move].label, STATES[state]
    return Conflict(
        "move_not_possible",
        f"这份申报现在是“{now.zh}”，不能{word.zh}；刷新看最新状态",
        f"This claim is “{now.en}” now, so “{word.en}” does not apply; reload to see where it stands",
    )
