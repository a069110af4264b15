"""Where an application to defer can go, and who moves it. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "applied": Text("已申请", "applied"),
    "granted": Text("已延期", "deferred"),
    "refused": Text("未同意", "refused by the bank"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
DEFERRAL_MOVES = MoveTable(
    Text("份延期申请", "application to defer"),
    STATES,
    {
        "grant": move(Text("同意延期", "defer"), "granted", "applied"),
        "refuse": move(Text("不同意", "refuse"), "refused", "applied"),
        "withdraw": move(Text("撤回", "withdraw"), "withdrawn", "applied"),
    },
)
OF_FIRMS = ("owner", "clerk")
OF_BANKS = ("maker", "checker", "product_manager")
OVERSEERS = ("operator", "reviewer", "approver", "auditor", "industry_officer", "county_officer")
READERS = (*OF_FIRMS, *OF_BANKS, *OVERSEERS)
HANDS = {"grant": ("checker",), "refuse": ("checker",), "withdraw": OF_FIRMS}
MOVERS = tuple(sorted({role for roles in HANDS.values() for role in roles}))
NEEDED = {"grant": ("until",), "refuse": ("code", "reason")}
REFUSALS = {
    "able": Text("有能力按期还款", "it can pay when due"),
    "not_hit": Text("没有受疫情灾情影响", "not hit by epidemic or disaster"),
    "business": Text("没有还款意愿或经营前景", "no will to repay, or no prospects"),
    "documents": Text("材料不全或不实", "papers lacking or untrue"),
    "other": Text("其他", "other"),
}


def verbs_for(role: str, state: str) -> list[str]:
    """What somebody in a role may do with an application in a state."""
    return [verb for verb in DEFERRAL_MOVES.allowed(state) if role in HANDS.get(verb, ())]
