"""The states of a filed return and the moves between them (domain §6). Pure.

A file with errors is `refused`: it is kept with its error list and never accepted. An accepted one is `filed`; its maker sends it to
be certified, always, and a second person either certifies it or sends it back with a reason (`sent_back`), after which the maker
files another version or, where nothing has to change, sends the same one again. A newer certified version makes it `superseded`.
Nothing certified is ever edited.
"""

from kernel.bilingual import Text

REFUSED, FILED, CERTIFIED, SUPERSEDED = "refused", "filed", "certified", "superseded"
SENT_BACK = "sent_back"

STATES = {
    REFUSED: Text("有错，没有接受", "Not accepted: has errors"),
    FILED: Text("已报送，待认证", "Filed, to be certified"),
    SENT_BACK: Text("已退回", "Sent back"),
    CERTIFIED: Text("已认证", "Certified"),
    SUPERSEDED: Text("已有新版", "Superseded by a newer version"),
}

MOVES = {
    (FILED, "send"): FILED,
    (SENT_BACK, "send"): FILED,
    (FILED, "send_back"): SENT_BACK,
    (FILED, "certify"): CERTIFIED,
    (FILED, "supersede"): SUPERSEDED,
    (CERTIFIED, "supersede"): SUPERSEDED,
}


def sources(move: str) -> tuple[str, ...]:
    """The states a move may start from."""
    return tuple(source for source, name in MOVES if name == move)


def target(move: str) -> str:
    """The state a move leads to."""
    return next(state for (_, name), state in MOVES.items() if name == move)
