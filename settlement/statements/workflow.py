"""The states of a statement and the moves between them. Pure.

A statement is drafted; newer facts make a new revision and the draft before it is `replaced`, kept as it was. Where newer facts say that
nothing is due at all (an institution was taken over before the quarter's end) the draft is `withdrawn`. The hands of the bureau sign
batches, which point at revisions: a revision never changes by being approved or paid.
"""

from kernel.bilingual import Text

DRAFT, REPLACED, WITHDRAWN = "draft", "replaced", "withdrawn"

STATES = {
    DRAFT: Text("已计算，待复核", "Computed, to be reviewed"),
    REPLACED: Text("已被新稿取代", "Replaced by a newer revision"),
    WITHDRAWN: Text("已撤回，不再应付", "Withdrawn: nothing is due"),
}

MOVES = {
    (DRAFT, "replace"): REPLACED,
    (DRAFT, "withdraw"): WITHDRAWN,
    (WITHDRAWN, "replace"): REPLACED,
}


def sources(move: str) -> tuple[str, ...]:
    """The states a move may start from."""
    return tuple(source for source, name in MOVES if name == move)


def target(move: str) -> str:
    """The state a move leads to."""
    return next(state for (_, name), state in MOVES.items() if name == move)
