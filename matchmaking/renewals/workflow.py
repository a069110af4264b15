"""Where a renewal can go, and who moves it. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "applied": Text("已申请", "applied"),
    "approved": Text("银行同意", "approved by the bank"),
    "signed": Text("已签新合同", "new contract signed"),
    "settled": Text("已续贷", "renewed"),
    "refused": Text("银行不同意", "refused by the bank"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "lapsed": Text("过期未办", "lapsed"),
}
LIVE = frozenset({"applied", "approved", "signed"})
RENEWAL_MOVES = MoveTable(
    Text("份续贷", "renewal"),
    STATES,
    {
        "approve": move(Text("同意续贷", "approve"), "approved", "applied"),
        "refuse": move(Text("不同意", "refuse"), "refused", "applied", "approved"),
        "sign": move(Text("签新合同", "sign"), "signed", "approved"),
        "settle": move(Text("结清旧贷", "settle the old loan"), "settled", "signed"),
        "withdraw": move(Text("撤回", "withdraw"), "withdrawn", "applied", "approved"),
        "lapse": move(Text("过期", "lapse"), "lapsed", "applied", "approved", "signed"),
    },
)
OF_FIRMS = ("owner", "clerk")
OF_BANKS = ("maker", "checker", "product_manager")
OVERSEERS = ("operator", "reviewer", "approver", "auditor", "industry_officer", "county_officer")
READERS = (*OF_FIRMS, *OF_BANKS, *OVERSEERS)
HANDS = {
    "approve": ("checker",),
    "refuse": ("checker",),
    "sign": ("maker", "checker"),
    "settle": ("maker", "checker"),
    "withdraw": OF_FIRMS,
}
MOVERS = tuple(sorted({role for roles in HANDS.values() for role in roles}))
REFUSALS = {
    "not_listed": Text("不在白名单", "not on the whitelist"),
    "credit": Text("信用不良", "bad credit"),
    "business": Text("经营不正常", "business is unsound"),
    "classification": Text("分类低于正常", "class below normal"),
    "terms": Text("不符合新贷条件", "does not meet the terms of a new loan"),
    "policy": Text("本行暂不办理", "the bank does not offer it now"),
    "other": Text("其他", "other"),
}


def verbs_for(role: str, state: str) -> list[str]:
    """What somebody in a role may do with a renewal in a state."""
    return [verb for verb in RENEWAL_MOVES.allowed(state) if role in HANDS.get(verb, ())]
