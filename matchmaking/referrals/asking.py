"""What a bank grants, and what it may ask for besides: no more than the firm could read before it chose. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from kernel.errors import FieldErrors
from kernel.money import yuan
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.products.terms import ProductTerms


@dataclass(frozen=True)
class Approval:
    """What a bank grants: fen, percent a year, months, and the kind of guarantee (`credit` is unsecured).

    `deposit` in fen and `counter_guarantees` are what the bank asks for besides.
    """

    amount: int
    rate: Decimal
    term: int
    guarantee: str
    deposit: int = 0
    counter_guarantees: tuple[str, ...] = ()


def check_asked(granted: Approval, announced: ProductTerms) -> None:
    """Invalid for a deposit above what the product says, or a counter-guarantee that it does not name or that backs nobody."""
    errors = FieldErrors()
    most = announced.most_deposit(granted.amount)
    if granted.deposit > most:
        errors.add(
            "deposit",
            "deposit_not_announced",
            f"产品条件写的保证金最多 {yuan(most)} 元，不能多收",
            f"The product says a deposit of at most {yuan(most)} yuan; no more can be asked for",
        )
    if granted.counter_guarantees and granted.guarantee != "guarantor":
        errors.add(
            "counter_guarantees",
            "no_guarantor",
            "由担保公司担保的才有反担保",
            "There is a counter-guarantee only where a guarantee company stands behind the loan",
        )
    beyond = [kind for kind in granted.counter_guarantees if kind not in announced.counter_guarantees]
    if beyond:
        zh = "、".join(COUNTER_GUARANTEES[kind].zh for kind in beyond)
        en = ", ".join(COUNTER_GUARANTEES[kind].en for kind in beyond)
        errors.add(
            "counter_guarantees",
            "counter_not_announced",
            f"产品条件没有写要{zh}，不能再要",
            f"The product does not name {en}; it cannot be asked for now",
        )
    errors.raise_if_any()
