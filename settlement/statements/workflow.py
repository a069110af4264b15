"""The states of a statement and the moves between them. Pure.

So far a statement is only drafted: a newer certified return or figure makes a new revision and the draft before it is `replaced`,
kept as it was. The hands of the bureau come on top of this table.
"""

from kernel.bilingual import Text

DRAFT, REPLACED = "draft", "replaced"

STATES = {
    DRAFT: Text("已计算，待复核", "Computed, to be reviewed"),
    REPLACED: Text("已被新稿取代", "Replaced by a newer revision"),
}

MOVES = {(DRAFT, "replace"): REPLACED}


def sources(move: str) -> tuple[str, ...]:
    """The states a move may start from."""
    return tuple(source for source, name in MOVES if name == move)


def target(move: str) -> str:
    """The state a move leads to."""
    return next(state for (_, name), state in MOVES.items() if name == move)
