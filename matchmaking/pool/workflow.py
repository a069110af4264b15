"""Where a firm's stay in the pool can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

NOMINATED, ADMITTED, REJECTED, REACHED, LEFT = "nominated", "admitted", "rejected", "reached_scale", "left"
STATES = {
    NOMINATED: Text("区县已推荐", "nominated"),
    ADMITTED: Text("在库", "in the pool"),
    REJECTED: Text("未入库", "not admitted"),
    REACHED: Text("已升规", "reached scale"),
    LEFT: Text("已出库", "left"),
}
LIVE = frozenset({NOMINATED, ADMITTED})
POOL_MOVES = MoveTable(
    Text("家企业的培育记录", "firm's stay in the pool"),
    STATES,
    {
        "admit": move(Text("入库", "Admit"), ADMITTED, NOMINATED),
        "reject": move(Text("不予入库", "Reject"), REJECTED, NOMINATED),
        "withdraw": move(Text("撤回推荐", "Withdraw"), LEFT, NOMINATED),
        "reach": move(Text("升规入统", "Record that it reached scale"), REACHED, ADMITTED),
        "leave": move(Text("出库", "Take out"), LEFT, ADMITTED),
    },
)
VERBS = ("nominate", *POOL_MOVES.by_verb)
OF_COUNTY = frozenset({"withdraw"})
NEEDS_REASON = frozenset({"reject", "withdraw", "leave"})
