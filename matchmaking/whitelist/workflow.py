"""Where a firm's listing can go, what may be said about it, and the grounds. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

NOMINATED, UNDER_REVIEW, PUBLICISED = "nominated", "under_review", "publicised"
ACTIVE, SUSPENDED, REMOVED, DECLINED = "active", "suspended", "removed", "declined"
STATES = {
    NOMINATED: Text("已推荐", "nominated"),
    UNDER_REVIEW: Text("审核中", "under review"),
    PUBLICISED: Text("公示中", "in public notice"),
    ACTIVE: Text("在名单", "listed"),
    SUSPENDED: Text("暂停", "suspended"),
    REMOVED: Text("已移出", "removed"),
    DECLINED: Text("未列入", "not listed"),
}
LIVE = frozenset({NOMINATED, UNDER_REVIEW, PUBLICISED, ACTIVE, SUSPENDED})
WHITELIST_MOVES = MoveTable(
    Text("家企业的名单记录", "firm's listing"),
    STATES,
    {
        "review": move(Text("开始审核", "Review"), UNDER_REVIEW, NOMINATED),
        "publicise": move(Text("公示", "Put to public notice"), PUBLICISED, UNDER_REVIEW),
        "decline": move(Text("不予列入", "Decline"), DECLINED, NOMINATED, UNDER_REVIEW, PUBLICISED),
        "activate": move(Text("列入名单", "List"), ACTIVE, PUBLICISED),
        "suspend": move(Text("暂停", "Suspend"), SUSPENDED, ACTIVE),
        "resume": move(Text("恢复", "Resume"), ACTIVE, SUSPENDED),
        "announce_removal": move(Text("发移出告知", "Give notice of removal"), ACTIVE, ACTIVE, SUSPENDED),
        "call_off_removal": move(Text("撤销移出告知", "Call the removal off"), ACTIVE, ACTIVE, SUSPENDED),
        "remove": move(Text("移出", "Remove"), REMOVED, ACTIVE, SUSPENDED),
        "reinstate": move(Text("申诉成立，恢复", "Reinstate on appeal"), ACTIVE, SUSPENDED, REMOVED),
    },
)
STAYS = frozenset({"announce_removal", "call_off_removal"})  # the state does not change
VERBS = ("nominate", *WHITELIST_MOVES.by_verb)

KINDS = {
    "objection": Text("公示异议", "Objection"),
    "statement": Text("陈述申辩", "Statement before removal"),
    "appeal": Text("申诉", "Appeal"),
}
OUTCOMES = {
    "open": Text("待答复", "to be answered"),
    "upheld": Text("成立", "upheld"),
    "dismissed": Text("不成立", "dismissed"),
    "closed": Text("不用再答复", "needs no answer"),
}
# the words that a move leaves without an object
ENDS = {
    "decline": ("objection",),
    "call_off_removal": ("statement",),
    "resume": ("appeal",),
    "reinstate": ("statement", "appeal"),
}
GROUNDS = {
    "left_pool": Text("出库且未升规", "left the pool without success"),
    "dishonesty": Text("严重失信", "serious dishonesty"),
    "overdue": Text("逾期", "overdue"),
    "classification": Text("分类低于正常", "class below normal"),
    "closed": Text("停业注销", "closed"),
    "false_data": Text("材料不实", "false data"),
    "scale_years_over": Text("升规后保留期满", "the years kept after reaching scale are over"),
    "fell_below": Text("退规", "fell below scale"),
}
