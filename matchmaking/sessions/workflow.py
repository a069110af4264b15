"""Where a weekly session, and a sign-up to it, can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "announced": Text("已预告", "announced"),
    "open": Text("报名中", "open for sign-up"),
    "closed": Text("报名截止", "closed"),
    "matched": Text("已配对", "matched"),
    "published": Text("已公布", "published"),
    "concluded": Text("已办完", "concluded"),
    "cancelled": Text("已取消", "cancelled"),
}
SESSION_MOVES = MoveTable(
    Text("场对接会", "session"),
    STATES,
    {
        "open": move(Text("开始报名", "open sign-up"), "open", "announced"),
        "close": move(Text("截止报名", "close sign-up"), "closed", "open"),
        "match": move(Text("配对排表", "match"), "matched", "closed"),
        "publish": move(Text("公布", "publish"), "published", "matched"),
        "conclude": move(Text("收场", "conclude"), "concluded", "published"),
        "cancel": move(Text("取消", "cancel"), "cancelled", "announced", "open", "closed", "matched"),
    },
)
OUT = frozenset({"published", "concluded"})  # the result is out: every party sees its meetings
STEPS = ("open", "close", "match", "publish")  # what an organiser can do by hand; concluding waits for the end
ANNOUNCED_FOR = {"open": "sign_up_from", "close": "sign_up_until", "match": "match_at", "publish": "publish_at"}
TAKEN_AT = {"open": "opened_at", "close": "closed_at", "match": "matched_at", "publish": "published_at"}
FRAME_MAY_CHANGE = frozenset({"announced", "open"})
NOTICES = ("cancelled", "changed", "early")
BANKS_MAY_JOIN = frozenset({"announced", "open"})
REQUESTS_MAY_JOIN = frozenset({"open"})

SIGN_UP_STATES = {
    "signed_up": Text("已报名", "signed up"),
    "withdrawn": Text("退出了", "withdrawn"),
    "matched": Text("约上了", "matched"),
    "unmatched": Text("没约上", "unmatched"),
}
MEETING_STATES = {"standing": Text("照常", "standing"), "cancelled": Text("已取消", "called off")}
