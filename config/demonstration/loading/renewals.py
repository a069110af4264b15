"""Renewals of listed firms: those that the returns show, each recorded with a mistake of another kind, and those still under way."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import duckdb
from flask import Flask
from sqlmodel import Session, col, select

from config.demonstration.loading.hands import at, caller_of, someone_at
from config.demonstration.loading.pool import LISTED_ON
from kernel import database
from kernel.clock import business_day
from kernel.parties.models import Enterprise, Party
from kernel.parties.service import party_by_id
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from matchmaking.deferrals import service as deferrals
from matchmaking.deferrals.service import DeferralAsked
from matchmaking.renewals import maturities, moving, service
from matchmaking.renewals.service import RenewalTermsAsked
from matchmaking.whitelist.reading import all_listed_on
from settlement.handed_over import premises
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import REFUSED

QUARTER = Quarter(2022, 3)
LATE, EARLY, ANSWER = (
    timedelta(days=22),
    timedelta(days=45),
    timedelta(days=10),
)  # before maturity; and what the bank took
AHEAD = LATE - timedelta(days=6)  # of the new loan's first day
WAN = 1_000_000
NOTHING: dict[str, Any] = dict.fromkeys(
    ("classification", "meets_terms", "code", "principal", "signed_on", "starts_on", "due_on", "day")
) | {"reason": "", "new_loan": ""}


@dataclass(frozen=True)
class ReturnedRow:
    """A loan of a listed firm in the return of the quarter; balance in fen."""

    bank_id: int
    loan: str
    code: str
    kind: str
    balance: int
    starts_on: date
    due_on: date
    renews: str


@dataclass(frozen=True)
class ToRecord:
    """What is recorded of a renewal: the old loan with its last day, the new one, and by whom."""

    firm: str
    row: ReturnedRow
    old_loan: str
    new_loan: str
    principal: int
    old_due_on: date
    new_due_on: date
    asked_ahead: timedelta = LATE


def _listed_rows(db: Session, listed: Mapping[str, int]) -> list[ReturnedRow]:
    """The loans of listed firms in every bank's newest return of the quarter, by loan."""
    query = select(LoanReturn).where(LoanReturn.quarter == str(QUARTER), LoanReturn.kind == "loans")
    query = query.where(LoanReturn.state != REFUSED, col(LoanReturn.row_digest).is_not(None))
    found = []
    for filed in db.exec(query.order_by(col(LoanReturn.institution_id), col(LoanReturn.version).desc())):
        tape = premises().keeping.tape(filed.row_digest or "")
        with duckdb.connect() as tapes:
            rows = tapes.execute(
                "SELECT loan_id, borrower_code, borrower_kind, balance, start_date, maturity_date, coalesce(renews, '') "
                "FROM read_parquet(?) WHERE list_contains(?, borrower_code) AND balance > 0 ORDER BY loan_id",
                [str(tape), sorted(listed)],
            ).fetchall()
        found += [ReturnedRow(filed.institution_id, *row) for row in rows]
    return sorted(found, key=lambda row: row.loan)


def _honest(row: ReturnedRow) -> ToRecord:
    """As it would be recorded: the old loan came due a few days after the new one began, and its term was as long."""
    old_due_on = row.starts_on + timedelta(days=6)
    return ToRecord(row.code, row, row.renews or f"{row.loan}-旧", row.loan, row.balance, old_due_on, row.due_on)


Mistake = Callable[[ToRecord, str], ToRecord | None]
MARKED_MISTAKES: dict[str, Mistake] = {
    "unrecorded": lambda _one, _other: None,
    "other_old_loan": lambda one, _other: replace(one, old_loan=f"{one.old_loan}-1"),
    "more_principal": lambda one, _other: replace(one, principal=one.principal - WAN),
    "other_days": lambda one, _other: replace(one, new_due_on=one.new_due_on - timedelta(days=1)),
    "other_borrower": lambda one, other: replace(one, firm=other),
}
UNMARKED_MISTAKES: dict[str, Mistake] = {
    "unmarked": lambda one, _other: one,
    "new_loan_missing": lambda one, _other: replace(one, new_loan=f"{one.new_loan}-XD"),
}


@dataclass(frozen=True)
class PlantedMistake:
    """A row of a return, what is recorded of it (None: nothing), and the kind of mistake; empty where there is none."""

    kind: str
    row: ReturnedRow
    record: ToRecord | None


def planted(rows: list[ReturnedRow], firms: list[str]) -> list[PlantedMistake]:
    """Every kind of mistake once, as far as there are renewals for it; the other renewals that the returns show as they are."""
    early = LISTED_ON + AHEAD
    began = [row for row in rows if early <= row.starts_on <= QUARTER.last_day - timedelta(days=1)]
    marked, plain = [row for row in began if row.renews], [row for row in began if not row.renews]
    made = [*_with_mistakes(marked, MARKED_MISTAKES, firms), *_with_mistakes(plain, UNMARKED_MISTAKES, firms)]
    made += [PlantedMistake("", row, _honest(row)) for row in marked[len(MARKED_MISTAKES) :]]
    still_open = [row for row in rows if QUARTER.last_day < row.due_on <= QUARTER.last_day + timedelta(days=30)]
    return made + [PlantedMistake("old_loan_open", row, _settled_too_early(row)) for row in still_open[:1]]


def _with_mistakes(rows: list[ReturnedRow], mistakes: Mapping[str, Mistake], firms: list[str]) -> list[PlantedMistake]:
    return [
        PlantedMistake(kind, row, mistake(_honest(row), next(code for code in firms if code != row.code)))
        for row, (kind, mistake) in zip(rows, mistakes.items(), strict=False)
    ]


def _settled_too_early(row: ReturnedRow) -> ToRecord:
    """The record says that a new loan settled it in the quarter's last days; the return still holds it."""
    starts_on = QUARTER.last_day - timedelta(days=1)
    told = replace(row, starts_on=starts_on, due_on=starts_on + timedelta(days=90))
    return ToRecord(row.code, told, row.loan, f"{row.loan}-XD", row.balance, row.due_on, told.due_on, EARLY)


def _record(db: Session, one: ToRecord, book: PolicyBook, calendar: WorkCalendar) -> None:
    row = one.row
    firm = db.exec(select(Party).where(Party.code == one.firm)).one()
    bank = party_by_id(db, row.bank_id)
    begun, matures = row.starts_on, one.old_due_on
    owner, checker = (
        someone_at(db, party, role, since=at(LISTED_ON)) for party, role in ((firm, "owner"), (bank, "checker"))
    )
    asked = RenewalTermsAsked(
        bank_id=row.bank_id,
        old_loan=one.old_loan,
        old_balance=max(one.principal, row.balance),
        old_starts_on=matures - max(timedelta(days=366), one.new_due_on - begun),
        old_due_on=matures,
        borrower_kind=_kind(db, firm),
        purpose="working_capital",
        lawful=True,
        sound=True,
        good_credit=True,
    )
    applied = matures - one.asked_ahead
    filed = service.apply(db, owner, asked, book=book, calendar=calendar, at=at(applied))
    contract = {
        "new_loan": one.new_loan,
        "principal": one.principal,
        "signed_on": begun,
        "starts_on": begun,
        "due_on": one.new_due_on,
    }
    for day, verb, said in (
        (applied + ANSWER, "approve", {"classification": "normal", "meets_terms": True}),
        (begun, "sign", contract),
        (begun, "settle", {"day": begun, "classification": "normal"}),
    ):
        values = {**NOTHING, "seen": filed.renewal.version, **said}
        filed = moving.move(db, checker, filed.id, verb, values, book=book, at=at(day))


def _kind(db: Session, firm: Party) -> str:
    return db.exec(select(Enterprise.size_class).where(Enterprise.party_id == firm.id)).one()


@dataclass(frozen=True)
class UnderWay:
    """A renewal that still waits, or was refused: whose, which loan, when, and what the bank said."""

    owner: str
    old_loan: str
    balance: int
    due_on: date
    applied_on: date
    answer: tuple[date, str, dict[str, Any]] | None = None


STILL = (
    UnderWay("gaoyuan.owner", "GY-2021-1206", 420 * WAN, date(2022, 12, 6), date(2022, 10, 12)),
    UnderWay(
        "shilong.owner",
        "SL-2021-1128",
        260 * WAN,
        date(2022, 11, 28),
        date(2022, 10, 8),
        (date(2022, 10, 14), "refuse", {"code": "terms", "reason": "负债率超过本行新发放贷款的上限"}),
    ),
)


def _still(db: Session, one: UnderWay, book: PolicyBook, calendar: WorkCalendar) -> None:
    owner, checker = caller_of(db, one.owner), caller_of(db, "shahe.checker")
    asked = RenewalTermsAsked(
        bank_id=checker.organisation_id,
        old_loan=one.old_loan,
        old_balance=one.balance,
        old_starts_on=one.due_on.replace(year=one.due_on.year - 1),
        old_due_on=one.due_on,
        borrower_kind=_kind(db, party_by_id(db, owner.organisation_id)),
        purpose="working_capital",
        lawful=True,
        sound=True,
        good_credit=True,
    )
    filed = service.apply(db, owner, asked, book=book, calendar=calendar, at=at(one.applied_on))
    if one.answer is not None:
        day, verb, said = one.answer
        values = {**NOTHING, "seen": filed.renewal.version, **said}
        moving.move(db, checker, filed.id, verb, values, book=book, at=at(day))


def _defer(db: Session, book: PolicyBook) -> None:
    """A shop whose application waits, and a firm hit by the lockdown whose loan is deferred."""
    checker = caller_of(db, "shahe.checker")
    shop = DeferralAsked(
        bank_id=checker.organisation_id,
        loan="LJ-2021-1103",
        balance=18 * WAN,
        due_on=date(2022, 11, 3),
        borrower_kind="individual_business",
        is_hit=False,
        with_interest=False,
        until=date(2022, 12, 31),
        why="九月封控，门店停业 20 天",
    )
    owner, asked_at = caller_of(db, "liji.owner"), at(date(2022, 10, 17))
    loan = {"bank_id": shop.bank_id, "loan": shop.loan, "balance": shop.balance, "due_on": shop.due_on}
    maturities.declare(db, owner, **loan, starts_on=date(2021, 11, 3), at=asked_at)  # type: ignore[arg-type]
    deferrals.apply(db, owner, shop, book=book, at=asked_at)
    hit = replace(shop, loan="SD-2021-1018", balance=150 * WAN, due_on=date(2022, 10, 18), borrower_kind="small")
    hit = replace(hit, is_hit=True, with_interest=True, until=date(2023, 3, 31), why="运输中断两个月")
    filed = deferrals.apply(db, caller_of(db, "shunda.owner"), hit, book=book, at=at(date(2022, 9, 26)))
    said = {"seen": 1, "until": date(2023, 1, 31), "code": None, "reason": "延三个月，到时再看"}
    deferrals.move(db, checker, filed.id, "grant", said, at=at(date(2022, 10, 10)))


def load_renewals(app: Flask, *, present: datetime) -> None:
    """What was recorded by the present; nothing of a quarter that was not reported yet."""
    with app.app_context():
        db, book, calendar = database.current(), app.extensions["policies"], app.extensions["calendar"]
        if QUARTER.last_day >= business_day(present):
            return
        ids = list(all_listed_on(db, LISTED_ON))
        listed = {party.code: party.id or 0 for party in db.exec(select(Party).where(col(Party.id).in_(ids)))}
        rows = _listed_rows(db, listed)
        for one in planted(rows, sorted(listed)):
            if one.record is not None:
                database.write(db, partial(_record, one=one.record, book=book, calendar=calendar))
        for still in STILL:
            database.write(db, partial(_still, one=still, book=book, calendar=calendar))
        database.write(db, partial(_defer, book=book))
