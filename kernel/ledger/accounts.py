"""The accounts of a set of books. Pure.

An amount is positive on the debit side and negative on the credit side; every posting group sums to 0. Two circles never touch:
the budget (appropriation = available + committed + spent) and the claims of beneficiaries, each by party, scheme and quarter:

    award = paid − recovered + set off + in transit + payable + carried + cut − recoverable
"""

from dataclasses import dataclass

from kernel.bilingual import Text

BUDGET, CLAIMS = "budget", "claims"
CIRCLES = {BUDGET: Text("预算", "Budget"), CLAIMS: Text("应付与实付", "Claims and payments")}


@dataclass(frozen=True)
class LedgerAccount:
    """One account: its code, its name, the circle it belongs to, and whether its balance usually stands on the credit side."""

    code: str
    title: Text
    circle: str
    is_credit: bool


def _account(code: str, zh: str, en: str, circle: str, side: str) -> LedgerAccount:
    return LedgerAccount(code, Text(zh, en), circle, side == "credit")


ACCOUNTS = (
    _account("appropriation", "批复预算", "Appropriation", BUDGET, "credit"),
    _account("available", "可用预算", "Available", BUDGET, "debit"),
    _account("committed", "已占用", "Committed", BUDGET, "debit"),
    _account("spent", "已支出", "Spent", BUDGET, "debit"),
    _account("award", "应奖应补", "Awarded", CLAIMS, "debit"),
    _account("payable", "应付", "Payable", CLAIMS, "credit"),
    _account("carried", "挂账", "Carried for want of budget", CLAIMS, "credit"),
    _account("cut", "按比例压减", "Cut in proportion", CLAIMS, "credit"),
    _account("in_transit", "在途", "In transit", CLAIMS, "credit"),
    _account("paid", "已付", "Paid", CLAIMS, "credit"),
    _account("set_off", "抵扣", "Set off", CLAIMS, "credit"),
    _account("recoverable", "应追回", "Recoverable", CLAIMS, "debit"),
    _account("recovered", "已追回", "Recovered", CLAIMS, "debit"),
)
BY_CODE = {account.code: account for account in ACCOUNTS}
