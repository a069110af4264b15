"""The states of a period of the books and the moves between them. Pure."""

from kernel.bilingual import Text

OPEN, PROPOSED, CLOSED = "open", "proposed", "closed"

STATES = {
    OPEN: Text("未结", "Open"),
    PROPOSED: Text("待复核结账", "Closing to be checked"),
    CLOSED: Text("已结", "Closed"),
}
MOVES = {(OPEN, "propose"): PROPOSED, (PROPOSED, "close"): CLOSED, (PROPOSED, "reopen"): OPEN}
