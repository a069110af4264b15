"""The states of a merger's record and the moves between them. Pure."""

from kernel.bilingual import Text

PROPOSED, RECORDED, REFUSED = "proposed", "recorded", "refused"
STATES = {
    PROPOSED: Text("待复核", "To be checked"),
    RECORDED: Text("已登记", "Recorded"),
    REFUSED: Text("退回", "Refused"),
}
MOVES = {(PROPOSED, "accept"): RECORDED, (PROPOSED, "refuse"): REFUSED}
