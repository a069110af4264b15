"""A quarter computed for some banks, the bureau's people, and the days of its season, for tests of batches."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TypeVar

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import SHANGHAI
from kernel.parties.models import Party
from kernel.periods import Quarter
from kernel.workdays import WorkCalendar
from settlement.batches import moving, reading, service
from settlement.batches.deputies import Deputation, name_deputy
from settlement.batches.models import Batch
from settlement.batches.service import BatchDesk, Signing
from settlement.batches.workflow import HAND_ROLES
from settlement.statements.drafting import Drafted, draft_quarter
from tests.factories import make_person
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan

T = TypeVar("T")

OCTOBER = date(2022, 10, 20)
AFTER_NOTICE = date(2022, 11, 7)


@dataclass
class Bureau:
    """The floor with one person a role, who share an office, and a day that tests move on."""

    floor: Floor
    hands: dict[str, Caller]
    today: date = OCTOBER

    @property
    def db(self) -> Session:
        return self.floor.db

    @property
    def desk(self) -> BatchDesk:
        at = datetime(self.today.year, self.today.month, self.today.day, 10, tzinfo=SHANGHAI)
        return BatchDesk(self.floor.premises, WorkCalendar(), at, self.today)

    def write(self, work: Callable[[Session], T]) -> T:
        return database.write(self.db, work)

    def settle(self, bank: Bank, before: int, after: int, quarter: Quarter = Q3) -> None:
        """Certified returns and figures of a quarter and the one before, in whole yuan."""
        for one, yuan in ((quarter.previous, before), (quarter, after)):
            self.floor.certify(self.floor.file([loan(1, balance=f"{yuan}.00")], one, bank), bank)
            self.floor.certify_balance(yuan * 100, one, bank)

    def draft(self, quarter: Quarter = Q3) -> Drafted:
        return draft_quarter(self.db, quarter, premises=self.floor.premises, at=self.desk.at)

    def open(self, quarter: Quarter = Q3) -> Batch:
        return self.write(lambda db: service.open_batch(db, self.hands["operator"], quarter, desk=self.desk))

    def move(
        self, batch: Batch, name: str, by: Caller, *, reason: str = "", digest: str = "", version: int | None = None
    ) -> Batch:
        """A move as the page sends it: with the digest and version that were shown."""
        shown = reading.batch_by_number(self.db, batch.number)
        signing = Signing(digest or shown.digest, shown.version if version is None else version, reason)

        def work(db: Session) -> Batch:
            return moving.move(db, by, reading.batch_by_number(db, batch.number), name, signing, desk=self.desk)

        return self.write(work)

    def approve(self, batch: Batch) -> Batch:
        """Submitted, reviewed and approved, each by its own person."""
        for name, role in (("submit", "operator"), ("review", "reviewer"), ("approve", "approver")):
            batch = self.move(batch, name, self.hands[role])
        return batch

    def release(self, batch: Batch) -> Batch:
        """The rest of the way: published, and released for payment after the notice."""
        batch = self.move(self.approve(batch), "publish", self.hands["operator"])
        assert batch.notice_until is not None
        self.today = batch.notice_until + timedelta(days=1)
        return self.move(batch, "order", self.hands["cashier"])

    def deputise(self, principal: Caller, deputy: Caller, since: date = OCTOBER, until: date = AFTER_NOTICE) -> None:
        wanted = Deputation(deputy.account_id, since, until, "出差")
        self.write(lambda db: name_deputy(db, principal, wanted, at=self.desk.at, today=self.today))


def make_bureau_people(floor: Floor) -> dict[str, Caller]:
    """One person a role in the operator's own office."""
    office = floor.db.get(Party, floor.operator.organisation_id)
    assert office is not None
    people = {role: make_person(floor.db, office, role, name=f"{role} 甲") for role in HAND_ROLES if role != "operator"}
    return {"operator": floor.operator, **people}


def make_batch_floor(app: Flask, floor: Floor) -> Bureau:
    """Two banks with a certified third quarter, drafted; awards of 1,000.00 and 500.00 yuan."""
    del app
    bureau = Bureau(floor, make_bureau_people(floor))
    bureau.settle(floor.bank, 900_000, 1_000_000)
    bureau.settle(floor.another_bank(), 100_000, 150_000)
    bureau.draft()
    return bureau


def renamed(caller: Caller, role: str) -> Caller:
    """The same person as if the role were another: what a forged session would claim."""
    return replace(caller, role=role)


__all__ = ["AFTER_NOTICE", "OCTOBER", "Q2", "Q3", "Bureau", "make_batch_floor", "renamed"]
