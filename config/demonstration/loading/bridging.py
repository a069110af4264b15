"""The bridging fund at work: two pools, two cases back in time, one whose money is out; and the radar of loans due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Any

from flask import Flask
from sqlmodel import Session

from config.demonstration.loading.hands import at, caller_of, officer_of
from kernel import database
from kernel.clock import business_day
from kernel.policies import PolicyBook
from matchmaking.bridging import contributions, moving, pools, service
from matchmaking.bridging.reading import case_for
from matchmaking.bridging.service import BridgingTermsAsked
from matchmaking.renewals import maturities
from matchmaking.renewals.jobs import watch_due

WAN = 1_000_000
COUNTY = "410411"
OPENED_ON = date(2022, 7, 4)
DOCUMENT = "示例〔2022〕17号"
NOTHING: dict[str, Any] = dict.fromkeys(("amount", "day", "code")) | dict.fromkeys(
    ("document", "account", "new_loan", "note"), ""
)


@dataclass(frozen=True)
class BridgedLoan:
    """One case of the demonstration: whose loan, how much (fen), for how many days, and the steps with their days."""

    firm: str
    old_loan: str
    due_on: date
    amount: int
    days: int
    applied_on: date
    steps: tuple[tuple[date, str, str, Mapping[str, Any]], ...]


def _promise(number: int, amount: int) -> dict[str, Any]:
    return {"amount": amount, "document": f"承诺〔2022〕{number}号", "account": "6217 0000 0411"}


CASES = (
    BridgedLoan(
        "hengrun",
        "HR-2021-0907",
        date(2022, 9, 7),
        600 * WAN,
        7,
        date(2022, 8, 29),
        (
            (date(2022, 8, 30), "shahe.checker", "commit", _promise(11, 640 * WAN)),
            (date(2022, 9, 1), "finance.approver", "approve", {}),
            (date(2022, 9, 5), "finance.cashier", "fund", {}),
            (date(2022, 9, 5), "shahe.checker", "repay_old", {"day": date(2022, 9, 5)}),
            (date(2022, 9, 8), "shahe.checker", "lend_anew", {"day": date(2022, 9, 8), "new_loan": "HR-2022-0908"}),
            (date(2022, 9, 9), "finance.cashier", "return", {"day": date(2022, 9, 9)}),
        ),
    ),
    BridgedLoan(
        "gaoyuan",
        "GY-2021-0923",
        date(2022, 9, 23),
        300 * WAN,
        10,
        date(2022, 9, 14),
        (
            (date(2022, 9, 15), "shahe.checker", "commit", _promise(13, 320 * WAN)),
            (date(2022, 9, 16), "finance.approver", "approve", {}),
            (date(2022, 9, 19), "finance.cashier", "fund", {}),
            (date(2022, 9, 19), "shahe.checker", "repay_old", {"day": date(2022, 9, 19)}),
            (date(2022, 9, 26), "shahe.checker", "lend_anew", {"day": date(2022, 9, 26), "new_loan": "GY-2022-0926"}),
            (date(2022, 9, 27), "finance.cashier", "return", {"day": date(2022, 9, 27)}),
        ),
    ),
    BridgedLoan(
        "yingshan",
        "YS-2021-1020",
        date(2022, 10, 20),
        180 * WAN,
        7,
        date(2022, 10, 12),
        (
            (date(2022, 10, 13), "shahe.checker", "commit", _promise(15, 200 * WAN)),
            (date(2022, 10, 17), "finance.approver", "approve", {}),
            (date(2022, 10, 18), "finance.cashier", "fund", {}),
        ),
    ),
)


def _open_pools(db: Session) -> None:
    for keeper, amount in ((caller_of(db, "finance.operator"), 5_000 * WAN), (officer_of(db, COUNTY), 400 * WAN)):
        pool = pools.open_pool(db, keeper, document=DOCUMENT, at=at(OPENED_ON))
        entered = contributions.enter(
            db,
            keeper,
            pool.id or 0,
            contributor=keeper.organisation_name,
            amount=amount,
            document=DOCUMENT,
            day=OPENED_ON,
            at=at(OPENED_ON),
        )
        checker = caller_of(db, "finance.reviewer")
        contributions.check(db, checker, entered.id or 0, accept=True, at=at(OPENED_ON))


def _bridge(db: Session, one: BridgedLoan, book: PolicyBook) -> None:
    owner, bank = caller_of(db, f"{one.firm}.owner"), caller_of(db, "shahe.checker")
    asked = BridgingTermsAsked(
        bank_id=bank.organisation_id,
        borrower_kind="legal_person",
        old_loan=one.old_loan,
        old_balance=one.amount,
        old_due_on=one.due_on,
        amount=one.amount,
        days=one.days,
    )
    case = service.apply(db, owner, asked, book=book, at=at(one.applied_on))
    for day, username, verb, said in one.steps:
        mover = caller_of(db, username)
        seen = case_for(db, mover, case.id).case.version
        moving.move(db, mover, case.id, verb, {**NOTHING, "seen": seen, **said}, book=book, at=at(day))


def load_bridging(app: Flask, *, present: datetime) -> None:
    """The pools and what had happened by `present`; then the radar, as the night's job fills it."""
    with app.app_context():
        db, book = database.current(), app.extensions["policies"]
        database.write(db, _open_pools)
        for one in CASES:
            if one.steps[-1][0] <= business_day(present):
                database.write(db, partial(_bridge, one=one, book=book))
        watch_due(db, returned=maturities.returned_loans(), at=present)
