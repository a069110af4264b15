"""The dated parameters of payments, and what the policies have to say before anything of a scheme is paid. Pure."""

from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import Clause, PolicyBook

SCHEME = "payments"
CALENDAR = "settlement-calendar"
GROWTH_REWARD = "growth-reward"
CENTRAL_BANK = "central_bank_tool"


@dataclass(frozen=True)
class PaymentRules:
    """How payments are made on a day; days are working days."""

    payee_waiting_days: int
    shortage: str
    shortage_order: str
    set_off_order: str
    recovery_due_days: int
    demand_due_days: int


@dataclass(frozen=True)
class Block:
    """One reason why something cannot be paid now, with a stable code."""

    code: str
    text: Text


def payment_rules(book: PolicyBook, on: date) -> PaymentRules:
    """The rules of a day; raises `PolicySilent` where no document covers it."""
    own, calendar = book.scheme(SCHEME), book.scheme(CALENDAR)
    return PaymentRules(
        payee_waiting_days=own.value("payee_waiting_working_days", on=on).integer,
        shortage=calendar.value("budget_shortage", on=on).code,
        shortage_order=own.value("shortage_order", on=on).code,
        set_off_order=own.value("set_off_order", on=on).code,
        recovery_due_days=own.value("recovery_due_working_days", on=on).integer,
        demand_due_days=own.value("demand_due_working_days", on=on).integer,
    )


def policy_blocks(book: PolicyBook, scheme: str, quarter: Quarter, *, deducts_central_bank: bool) -> list[Block]:
    """What the policies have against paying: not payable here, a document still missing, or somebody else who pays."""
    day = quarter.last_day
    blocks = [block for clause in book.scheme(scheme).clauses for block in _clause_blocks(clause, day)]
    if not blocks and scheme == GROWTH_REWARD:
        blocks += _growth_blocks(book, day, deducts_central_bank)
    return blocks


def _clause_blocks(clause: Clause, day: date) -> list[Block]:
    if clause.kind not in ("A", "P"):
        return [Block("not_paid_here", clause.payable_on(day)[1])]
    found = []
    for point in clause.undecided_on(day):
        missing = point.missing or point.title
        text = Text(
            f"{clause.title.zh}（条款 {clause.number}）还没有决定文件：{missing.zh}；先登记文号再付",
            f"{clause.title.en} (clause {clause.number}) lacks a decision: {missing.en}; record its document first",
        )
        found.append(Block("policy_undecided", text))
    return found


def _growth_blocks(book: PolicyBook, day: date, deducts: bool) -> list[Block]:
    """The central bank's own tool pays nothing from here; a deduction that was decided must be in the amount."""
    scheme = book.scheme(GROWTH_REWARD)
    if scheme.value("payer", on=day).code == CENTRAL_BANK:
        text = Text(
            "决定由人民银行支持工具承担，财政不付", "Decided: the central bank's tool pays, the treasury does not"
        )
        return [Block("central_bank_pays", text)]
    if scheme.value("central_bank_deduction", on=day).flag and not deducts:
        text = Text(
            "决定扣除已从人民银行取得的资金，但这张结算单还没有扣；重新计算、重新审批后再付",
            "Money from the central bank is to be deducted and this statement does not; compute and approve it again",
        )
        return [Block("central_bank_not_deducted", text)]
    return []
