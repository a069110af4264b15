"""The states of a decision and the moves between them. Pure.

An official records a document; a second person checks it against the paper, and only then does it hold. What is recorded is never
edited: a decision ends by a later decision, with a document of its own, that revokes it.
"""

from kernel.bilingual import Text

RECORDED, IN_FORCE, REFUSED, REVOKED = "recorded", "in_force", "refused", "revoked"

STATES = {
    RECORDED: Text("已录入，待核对", "Recorded, to be checked"),
    IN_FORCE: Text("有效", "In force"),
    REFUSED: Text("核对未通过", "Refused in the check"),
    REVOKED: Text("已被后来的决定撤销", "Revoked by a later decision"),
}

MOVES = {
    (RECORDED, "check"): IN_FORCE,
    (RECORDED, "refuse"): REFUSED,
    (IN_FORCE, "revoke"): REVOKED,
}


def sources(move: str) -> tuple[str, ...]:
    """The states a move may start from."""
    return tuple(source for source, name in MOVES if name == move)


def target(move: str) -> str:
    """The state a move leads to."""
    return next(state for (_, name), state in MOVES.items() if name == move)
