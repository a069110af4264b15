"""Where a bridging case can go, and who moves it. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "applied": Text("已申请", "applied"),
    "committed": Text("银行已承诺", "committed by the bank"),
    "approved": Text("已批准", "approved"),
    "funded": Text("已垫付", "paid out"),
    "old_loan_repaid": Text("旧贷已还", "old loan repaid"),
    "new_loan_disbursed": Text("新贷已放", "new loan disbursed"),
    "returned": Text("已归还", "returned"),
    "overdue": Text("逾期", "overdue"),
    "recovered": Text("已追回", "recovered"),
    "written_off": Text("已核销", "written off"),
    "rejected": Text("未通过", "rejected"),
    "withdrawn": Text("已撤回", "withdrawn"),
}
BEFORE_MONEY = ("applied", "committed", "approved")
MONEY_OUT = ("funded", "old_loan_repaid", "new_loan_disbursed", "overdue")
LIVE = frozenset({*BEFORE_MONEY, *MONEY_OUT})

CASE_MOVES = MoveTable(
    Text("笔转贷", "bridging case"),
    STATES,
    {
        "commit": move(Text("承诺续贷", "commit"), "committed", "applied"),
        "decline": move(Text("不承诺", "decline"), "rejected", "applied"),
        "withdraw": move(Text("撤回", "withdraw"), "withdrawn", "applied", "committed"),
        "approve": move(Text("批准", "approve"), "approved", "committed"),
        "reject": move(Text("不予通过", "reject"), "rejected", *BEFORE_MONEY),
        "fund": move(Text("垫付", "pay out"), "funded", "approved"),
        "repay_old": move(Text("旧贷已还", "old loan repaid"), "old_loan_repaid", "funded"),
        "lend_anew": move(Text("新贷已放", "new loan disbursed"), "new_loan_disbursed", "old_loan_repaid"),
        "return": move(Text("归还", "return"), "returned", "old_loan_repaid", "new_loan_disbursed"),
        "fall_overdue": move(
            Text("逾期", "fall overdue"), "overdue", "funded", "old_loan_repaid", "new_loan_disbursed"
        ),
        "call": move(Text("请银行履约", "call the commitment"), "overdue", "overdue"),
        "recover": move(Text("追回", "recover"), "overdue", "overdue"),
        "clear": move(Text("追回完毕", "recovered in full"), "recovered", "overdue", "written_off"),
        "write_off": move(Text("核销", "write off"), "written_off", "overdue"),
        "regain": move(Text("核销后收回", "regain what was written off"), "written_off", "written_off"),
    },
)

OF_FIRMS = ("owner", "clerk")
OF_BANKS = ("maker", "checker", "product_manager")
FINANCE = ("operator", "reviewer", "approver", "cashier", "auditor")
READERS = (*OF_FIRMS, *OF_BANKS, *FINANCE, "county_officer")
POOL_READERS = (*FINANCE, "county_officer")
POOL_KEEPERS = ("operator", "county_officer")
CONTRIBUTION_CHECKERS = ("reviewer", "county_officer")
CONTRIBUTION_STATES = {
    "entered": Text("待复核", "to be checked"),
    "booked": Text("已入账", "booked"),
    "refused": Text("未通过", "refused"),
}
HANDS = {
    "commit": ("checker",),
    "decline": ("checker",),
    "withdraw": OF_FIRMS,
    "approve": ("approver", "county_officer"),
    "reject": ("approver", "county_officer"),
    "fund": ("cashier",),
    "repay_old": ("checker",),
    "lend_anew": ("checker",),
    "return": ("cashier",),
    "recover": ("cashier",),
    "write_off": ("approver",),
    "regain": ("cashier",),
}
MOVERS = tuple(sorted({role for roles in HANDS.values() for role in roles}))
NEEDS_REASON = frozenset({"decline", "reject", "write_off"})
REJECTIONS = {
    "own_means": Text("自有资金可以还贷", "it can repay with its own means"),
    "no_new_loan": Text("银行不再放新贷", "the bank lends no more"),
    "credit": Text("信用或经营有问题", "credit or business is unsound"),
    "documents": Text("材料不全或不实", "papers lacking or untrue"),
    "other": Text("其他", "other"),
}


def verbs_for(role: str, state: str) -> list[str]:
    """What somebody in a role may do with a case in a state."""
    return [verb for verb in CASE_MOVES.allowed(state) if role in HANDS.get(verb, ())]
