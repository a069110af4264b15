"""Where a financing request can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "draft": Text("草稿", "draft"),
    "published": Text("已发布", "published"),
    "matched": Text("约上了", "matched"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "expired": Text("已过期", "expired"),
}
REQUEST_MOVES = MoveTable(
    Text("份申请", "request"),
    STATES,
    {
        "publish": move(Text("发布", "publish"), "published", "draft"),
        "match": move(Text("约上", "match"), "matched", "published"),
        "unmatch": move(Text("面谈取消", "have its meetings called off"), "published", "matched"),
        "reenter": move(Text("再进场", "re-enter"), "published", "matched"),
        "revoke": move(Text("收回同意", "revoke consent"), "draft", "published", "matched"),
        "withdraw": move(Text("撤回", "withdraw"), "withdrawn", "draft", "published", "matched"),
        "expire": move(Text("过期", "expire"), "expired", "published"),
    },
)
CHANGEABLE = frozenset({"draft", "published"})
OF_THE_ENTERPRISE = ("publish", "revoke", "withdraw")

RECOMMENDED = "recommended"
AUDIENCES = {
    "session_banks": Text("参加同一场对接会的银行", "the banks at the same session"),
    "matched_banks": Text("只给约上面谈的银行", "only the banks that it meets"),
    RECOMMENDED: Text(
        "同一场的银行，加上市里推荐给的银行和三个平台",
        "the banks at the same session, and the banks and platforms that the city recommends it to",
    ),
}
BEFORE_MEETING = ("session_banks", RECOMMENDED)  # the banks of a session may read it before they meet the enterprise
