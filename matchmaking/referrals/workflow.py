"""The path of one referral and of one drawdown, and which side makes which move. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "submitted": Text("待送达", "submitted"),
    "published": Text("已送达银行", "delivered to the bank"),
    "accepted": Text("银行已受理", "accepted by the bank"),
    "contacted": Text("已联系", "contacted"),
    "due_diligence": Text("尽职调查", "due diligence"),
    "approved": Text("已授信", "approved"),
    "contracted": Text("已签约", "contracted"),
    "disbursed": Text("已放款", "disbursed"),
    "refused": Text("没有通过", "refused"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "expired": Text("已过期", "expired"),
}
UNDECIDED = ("submitted", "published", "accepted", "contacted", "due_diligence")
ENDED = ("refused", "withdrawn", "expired")
LIVE = tuple(state for state in STATES if state not in ENDED)
ON_THE_PATH = tuple(state for state in STATES if state not in ENDED)
REFERRAL_MOVES = MoveTable(
    Text("件推荐", "referral"),
    STATES,
    {
        "deliver": move(Text("送达", "deliver"), "published", "submitted"),
        "accept": move(Text("受理", "accept"), "accepted", "published"),
        "meet": move(Text("记面谈", "record the meeting"), "published", "published"),
        "contact": move(Text("记首次联系", "record the first contact"), "contacted", "accepted"),
        "investigate": move(Text("开始尽调", "start due diligence"), "due_diligence", "contacted"),
        "approve": move(Text("授信", "approve"), "approved", "contacted", "due_diligence"),
        "sign": move(Text("签约", "sign"), "contracted", "approved"),
        "draw": move(Text("记放款", "record a drawdown"), "disbursed", "contracted", "disbursed"),
        "cancel_drawdown": move(Text("撤销全部放款", "take every drawdown back"), "contracted", "disbursed"),
        "refuse": move(Text("谢绝", "refuse"), "refused", "published", "accepted", "contacted", "due_diligence"),
        "withdraw": move(Text("撤回", "withdraw"), "withdrawn", *UNDECIDED, "approved"),
        "expire": move(Text("过期", "expire"), "expired", *UNDECIDED),
    },
)
OF_THE_BANK = ("accept", "contact", "investigate", "approve", "sign", "draw", "refuse")
OF_THE_FIRM = ("withdraw",)
NEXT_ACT = {  # the one next act on each, as the bank's inbox offers it
    "published": "accept",
    "accepted": "contact",
    "contacted": "approve",
    "due_diligence": "approve",
    "approved": "sign",
    "contracted": "draw",
}
STAGE_OF = {"published": "answer", "accepted": "contact", "contacted": "decision", "due_diligence": "decision"}
TAKEN_AT = {
    "deliver": "delivered_at",
    "accept": "answered_at",
    "meet": "contacted_at",
    "contact": "contacted_at",
    "approve": "decided_at",
    "refuse": "decided_at",
    "sign": "contracted_at",
}
SOURCES = {
    "meeting": Text("对接会面谈", "a meeting of a session"),
    "moved": Text("企业转来", "moved by the enterprise"),
}

DRAWDOWN_STATES = {
    "stated": Text("等企业确认", "waiting for the enterprise"),
    "confirmed": Text("企业已确认", "confirmed by the enterprise"),
    "disputed": Text("企业有异议", "disputed by the enterprise"),
    "cancelled": Text("银行撤销了", "taken back by the bank"),
}
DRAWDOWN_MOVES = MoveTable(
    Text("笔放款", "drawdown"),
    DRAWDOWN_STATES,
    {
        "confirm": move(Text("确认收到", "confirm"), "confirmed", "stated", "disputed"),
        "dispute": move(Text("提出异议", "dispute"), "disputed", "stated"),
        "cancel": move(Text("撤销", "take back"), "cancelled", "stated", "disputed"),
    },
)
