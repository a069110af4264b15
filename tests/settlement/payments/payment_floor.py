"""A bureau with its hands, beneficiaries with accounts, a budget, and a treasury that counts, for tests of payments."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.policies import PolicyBook, Value
from kernel.workdays import WorkCalendar
from settlement.payments import appropriations, orders, payees, sending
from settlement.payments.approved import ApprovedItem
from settlement.payments.models import PaymentOrder
from settlement.payments.payees import AccountDetails
from settlement.payments.receipts.models import ReceiptFile
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import take_receipt
from settlement.payments.rules import payment_rules
from settlement.payments.sending import PayingOffice
from settlement.payments.treasury import TreasuryUnreachable
from tests.factories import make_bureau, make_institution, make_person

TODAY = date(2022, 11, 21)
AT = datetime(2022, 11, 21, 2, 0, tzinfo=UTC)
LONG_AGO = date(2022, 9, 1)
SCHEME = "first-entry-award"  # a row that is payable as it stands
BATCH = "B-2022Q3"
ZHANHE = "410411"


@dataclass
class CountingTreasury:
    """A treasury on the other side: it pays once for every message it is given, so that a message sent twice shows."""

    received: list[tuple[str, bytes]] = field(default_factory=list)
    silent: bool = False
    loses_answers: bool = False

    def send(self, reference: str, content: bytes) -> None:
        if self.silent:
            raise TreasuryUnreachable("no line")
        self.received.append((reference, content))
        if self.loses_answers:
            raise TreasuryUnreachable("the answer was lost")

    def has(self, reference: str) -> bool:
        if self.silent:
            raise TreasuryUnreachable("no line")
        return any(one == reference for one, _ in self.received)


@dataclass
class Batches:
    """What the batches would answer: items by batch; tests change them between approval and payment."""

    items: dict[str, list[ApprovedItem]] = field(default_factory=dict)

    def __call__(self, _db: Session, batch: str) -> Sequence[ApprovedItem]:
        if batch not in self.items:
            raise NotFound("batch_not_found", "没有这个批次", "There is no such batch")
        return self.items[batch]


@dataclass
class Counter:
    """The finance side of the bureau, ready to pay."""

    db: Session
    book: PolicyBook
    operator: Caller
    reviewer: Caller
    approver: Caller
    cashier: Caller
    batches: Batches
    treasury: CountingTreasury
    calendar: WorkCalendar = field(default_factory=WorkCalendar)
    today: date = TODAY
    at: datetime = AT

    def write(self, work: Any) -> Any:
        return database.write(self.db, work)

    def later(self, days: int = 0, minutes: int = 0) -> None:
        self.today += timedelta(days=days)
        self.at += timedelta(days=days, minutes=minutes)

    @property
    def office(self) -> PayingOffice:
        return PayingOffice(self.treasury, self.batches, self.book)

    def beneficiary(self, name: str, region: str = ZHANHE, *, with_account: bool = True) -> Party:
        party = make_institution(self.db, name, region=region)
        if with_account:
            self.account(party.code, name)
        return party

    def account(
        self, holder: str, name: str = "市财政局", number: str = "6222000011112222", *, on: date = LONG_AGO
    ) -> None:
        """An account that has been checked, its waiting time counted from a day."""
        details = AccountDetails(name, number, "建设银行平顶山分行", "105495000018", "函〔2022〕1号")
        rules = payment_rules(self.book, self.today)

        def work(db: Session) -> None:
            row = payees.propose_payee(db, self.operator, holder, details, at=self.at)
            payees.check_payee(
                db, self.reviewer, row, accept=True, rules=rules, calendar=self.calendar, at=self.at, today=on
            )

        self.write(work)

    def budget(self, payer: str, fen: int, year: int = 2022) -> None:
        def work(db: Session) -> None:
            row = appropriations.propose_appropriation(
                db, self.operator, payer=payer, budget_year=year, amount=fen, document="预〔2022〕1号", at=self.at
            )
            appropriations.check_appropriation(db, self.reviewer, row, accept=True, at=self.at, today=self.today)

        self.write(work)

    def item(
        self,
        party: Party,
        amount: int,
        *,
        number: str = "",
        quarter: str = "2022Q3",
        batch: str = BATCH,
        shares: tuple[tuple[str, int], ...] = (),
        **changed: Any,
    ) -> ApprovedItem:
        """An approved item in a batch; all of it the beneficiary's own region's unless shares are given."""
        kept = self.batches.items.setdefault(batch, [])
        number = number or f"FE-{quarter}-{len(kept) + 1:04d}"
        digest = f"{len(kept) + 1:064x}"
        item = ApprovedItem(
            batch=batch,
            statement_number=number,
            revision=changed.pop("revision", 1),
            kind=changed.pop("kind", "award" if amount > 0 else "adjustment"),
            beneficiary_id=party.id or 0,
            beneficiary_code=party.code,
            beneficiary_name=party.name,
            scheme=changed.pop("scheme", SCHEME),
            quarter=quarter,
            amount=amount,
            shares=shares or ((party.fiscal_region, amount),),
            approved_digest=digest,
            present_digest=digest,
            hands=frozenset(one.account_id for one in (self.operator, self.reviewer, self.approver)),
            **changed,
        )
        kept.append(item)
        return item

    def change(self, item: ApprovedItem, **changed: Any) -> ApprovedItem:
        """Something about an item has changed in the batches."""
        kept = self.batches.items[item.batch]
        kept[kept.index(item)] = replace(item, **changed)
        return replace(item, **changed)

    def draw(self, payer: str = ZHANHE, batch: str = BATCH, **options: Any) -> PaymentOrder:
        by = options.pop("by", self.cashier)
        return self.write(
            lambda db: orders.draw_order(
                db,
                by,
                payer=payer,
                batch=batch,
                approvals=self.batches,
                book=self.book,
                at=self.at,
                today=self.today,
                **options,
            )
        )

    def send(self, order: PaymentOrder, by: Caller | None = None) -> PaymentOrder:
        return sending.send_order(
            self.db, by or self.cashier, order.number, office=self.office, at=self.at, today=self.today
        )

    def recover(self) -> dict[str, int]:
        return sending.recover_orders(self.db, office=self.office, at=self.at)

    def cancel(self, order: PaymentOrder) -> PaymentOrder:
        return self.write(
            lambda db: sending.cancel_order(
                db, self.cashier, order.number, reason="开错了", at=self.at, today=self.today
            )
        )

    def receipt(self, *rows: str, name: str = "receipt.csv") -> ReceiptFile:
        """Take a receipt file of such lines: reference, amount, date, status, bank reference."""
        text = "reference,amount,date,status,bank_reference\n" + "\n".join(rows) + "\n"
        read = read_receipt(name, text.encode(), self.today)
        return self.write(lambda db: take_receipt(db, self.cashier, read, at=self.at, today=self.today))

    def receipt_of(self, order: PaymentOrder, status: str = "paid") -> ReceiptFile:
        """The receipt for every payment of an order."""
        payments = orders.payments_of(self.db, order)
        return self.receipt(
            *(f"{one.reference},{one.amount / 100:.2f},{self.today},{status},BK{one.reference}" for one in payments)
        )


def with_value(book: PolicyBook, scheme: str, name: str, value: Any) -> PolicyBook:
    """The book after a document has set a parameter."""
    changed = Value(name, value, date(2021, 12, 31), None, "算例", "rule")
    return book.replacing(book.scheme(scheme).replacing(name, changed))


def make_counter(app: Flask, db: Session) -> Counter:
    """The counter of one finance bureau; the district of Zhanhe and the city have accounts to pay from."""
    bureau = make_bureau(db)
    people = {role: make_person(db, bureau, role) for role in ("operator", "reviewer", "approver", "cashier")}
    counter = Counter(db=db, book=app.extensions["policies"], batches=Batches(), treasury=CountingTreasury(), **people)
    counter.account(ZHANHE, "湛河区财政局", "4100000000000411")
    counter.account("city", "市财政局", "4100000000000001")
    return counter
