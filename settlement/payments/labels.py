"""Words of payments: payers, schemes, kinds; Chinese first."""

from kernel.bilingual import Text
from kernel.policies import PolicyBook, UnknownScheme
from kernel.regions import REGIONS
from settlement.fiscal_shares import CITY, PROVINCE
from settlement.payments.approved import ADJUSTMENT, AWARD, WITHDRAWAL

PAYERS = {
    CITY: Text("市级财政", "The city"),
    **{region.code: Text(f"{region.name.zh}财政", f"{region.name.en}") for region in REGIONS},
    PROVINCE: Text("省级财政", "The province"),
}
KIND_TITLES = {
    AWARD: Text("奖补", "Award"),
    ADJUSTMENT: Text("调整", "Adjustment"),
    WITHDRAWAL: Text("撤回", "Withdrawal"),
}
ACTS = {
    "grant": Text("预算批复", "Budget"),
    "claim": Text("记应付", "Payable booked"),
    "payment": Text("开拨付令", "Ordered"),
    "carry": Text("挂账", "Carried"),
    "line": Text("抵扣、压减", "Set off, cut"),
    "receipt": Text("国库回单", "Treasury receipt"),
    "recovered": Text("缴回", "Repaid"),
    "reverse": Text("冲销", "Reversed"),
}


def payer(code: str) -> Text:
    """Whose treasury pays."""
    return PAYERS.get(code) or Text(code, code)


def act(code: str) -> Text:
    """What a group of postings wrote down."""
    return ACTS.get(code) or Text(code, code)


def scheme(book: PolicyBook, code: str) -> Text:
    """The name of a scheme."""
    try:
        return book.scheme(code).title
    except UnknownScheme:
        return Text(code, code)
