"""Where a recommendation can go: a bank answers it here, a platform by the statuses that are pulled from it. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

SENT, RECEIVED, TAKEN_UP, DECLINED, ENDED = "sent", "received", "taken_up", "declined", "ended"
STATES = {
    SENT: Text("已送出", "sent"),
    RECEIVED: Text("对方收下了", "received"),
    TAKEN_UP: Text("愿意谈", "taken up"),
    DECLINED: Text("谢绝了", "declined"),
    ENDED: Text("结束了", "ended"),
}
RECOMMENDATION_MOVES = MoveTable(
    Text("条需求推荐", "recommended need"),
    STATES,
    {
        "take_up": move(Text("愿意谈", "take up"), TAKEN_UP, SENT),
        "decline": move(Text("谢绝", "decline"), DECLINED, SENT),
        "end": move(Text("结束", "end"), ENDED, SENT, RECEIVED),
    },
)
OPEN_STATES = (SENT, RECEIVED)
OF_PLATFORMS = (RECEIVED, TAKEN_UP, DECLINED, ENDED)  # what a platform can say of one
