"""A quarter carried from the returns to the bank's receipt and sealed, for the tests of the seal."""

import csv
import io
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import Session, select

from kernel.audit.checkpoints import Checkpoints
from kernel.periods import Quarter
from settlement.batches.models import Batch
from settlement.payments import orders
from settlement.payments.appropriations import check_appropriation, propose_appropriation
from settlement.payments.from_batches import approved_items, released_batches
from settlement.payments.models import PaymentOrder
from settlement.payments.payees import AccountDetails, check_payee, propose_payee
from settlement.payments.receipts.reading import read_receipt
from settlement.payments.receipts.service import take_receipt
from settlement.payments.released import take_in_released
from settlement.payments.rules import payment_rules
from settlement.payments.sending import PayingOffice, payments_of, send_order
from settlement.seal.models import QuarterSeal
from settlement.seal.service import SealPlaces, seal_quarter, sealed_file
from settlement.statements.models import Statement
from tests.settlement.batches.batch_floor import Bureau, make_bureau_people
from tests.settlement.filing_floor import LOAN, Bank, Floor, loan
from tests.settlement.payments.payment_floor import LONG_AGO, ZHANHE, CountingTreasury, with_value

Q4, Q1, Q2, Q3 = Quarter(2021, 4), Quarter(2022, 1), Quarter(2022, 2), Quarter(2022, 3)
COUNTY = "410421"
BALANCES = {Q4: 800_000, Q1: 1_000_000, Q2: 900_000, Q3: 1_100_001}  # a dip and a rebound: the two bases differ


def book_of(balance: int) -> bytes:
    """A bank's return: two loans that count, and one that goes out for each reason."""
    others = (
        {"currency": "USD"},
        {"product_kind": "bill_discount"},
        {"borrower_kind": "medium"},
        {"borrower_kind": "owner", "purpose": "consumption"},
        {"credit_line": "10000000.01"},
    )
    rows = [loan(1, balance=f"{balance - 300_000}.33"), loan(2, balance="299999.67")]
    rows += [loan(10 + at, balance=f"{1000 + at}.00", **changed) for at, changed in enumerate(others)]
    out = io.StringIO()
    writer = csv.DictWriter(out, [*LOAN, "currency"], restval="CNY", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


@dataclass
class SealFloor:
    """The bureau with its quarter paid, and the places of the seal."""

    bureau: Bureau
    places: SealPlaces
    other: Bank

    @property
    def db(self) -> Session:
        return self.bureau.db

    @property
    def bank(self) -> Bank:
        return self.bureau.floor.bank

    def seal(self, quarter: Quarter = Q3) -> QuarterSeal:
        by = self.bureau.hands["operator"].actor
        return self.bureau.write(
            lambda db: seal_quarter(db, quarter, places=self.places, by=by, at=self.bureau.desk.at)
        )

    def file(self, seal: QuarterSeal) -> bytes:
        return sealed_file(self.db, seal, places=self.places)

    @property
    def published(self) -> str:
        return "".join(f"{one.line}\n" for one in self.places.published)


def file_quarters(bureau: Bureau, other: Bank) -> None:
    for quarter, balance in BALANCES.items():
        for bank, more in ((bureau.floor.bank, 0), (other, 50_000)):
            eligible = balance + more
            filed = bureau.floor.file_bytes(book_of(eligible), quarter=quarter, bank=bank)
            bureau.floor.certify(filed, bank)
            bureau.floor.certify_balance(eligible * 100, quarter, bank)


def pay(bureau: Bureau) -> None:
    """Every payer's order drawn, sent and confirmed by the bank."""
    _accounts(bureau)
    at, today, treasury = bureau.desk.at, bureau.today, CountingTreasury()
    take_in_released(bureau.db, batches=released_batches, approvals=approved_items, at=at, today=today)
    decided = with_value(bureau.desk.book, "growth-reward", "payer", "fiscal_shares")
    decided = with_value(decided, "growth-reward", "central_bank_deduction", False)
    cashier = bureau.hands["cashier"]
    for payer in ("city", ZHANHE, COUNTY):
        order = bureau.write(lambda db, payer=payer: _drawn(db, bureau, payer, decided))
        send_order(
            bureau.db, cashier, order.number, office=PayingOffice(treasury, approved_items, decided), at=at, today=today
        )
        _confirm(bureau, order)


def _drawn(db: Session, bureau: Bureau, payer: str, book: object) -> PaymentOrder:
    return orders.draw_order(
        db,
        bureau.hands["cashier"],
        payer=payer,
        batch=released_batches(db)[0],
        approvals=approved_items,
        book=book,
        at=bureau.desk.at,
        today=bureau.today,
    )


def _confirm(bureau: Bureau, order: PaymentOrder) -> None:
    head = "reference,amount,date,status,bank_reference"
    rows = [
        f"{one.reference},{one.amount / 100:.2f},{bureau.today},paid,BANK-{one.reference}"
        for one in payments_of(bureau.db, order)
    ]
    content = read_receipt("receipt.csv", "\n".join([head, *rows]).encode(), bureau.today)
    cashier = bureau.hands["cashier"]
    bureau.write(lambda db: take_receipt(db, cashier, content, at=bureau.desk.at, today=bureau.today))


def _accounts(bureau: Bureau) -> None:
    rules, desk = payment_rules(bureau.desk.book, bureau.today), bureau.desk
    details = AccountDetails("户名", "6222000011112222", "建设银行", "105495000018", "函1号")
    operator, reviewer = bureau.hands["operator"], bureau.hands["reviewer"]

    def work(db: Session) -> None:
        holders = set(db.exec(select(Statement.beneficiary_code)))
        for holder in (*sorted(holders), ZHANHE, COUNTY, "city"):
            row = propose_payee(db, operator, holder, details, at=desk.at)
            check_payee(db, reviewer, row, accept=True, rules=rules, calendar=desk.calendar, at=desk.at, today=LONG_AGO)
        for payer in (ZHANHE, COUNTY, "city"):
            one = propose_appropriation(
                db, operator, payer=payer, budget_year=2022, amount=10**10, document="预1号", at=desk.at
            )
            check_appropriation(db, reviewer, one, accept=True, at=desk.at, today=desk.today)

    bureau.write(work)


def make_seal_floor(floor: Floor, folder: Path) -> SealFloor:
    """Two banks, one in an inner district and one in a county, their third quarter released and paid."""
    bureau = Bureau(floor, make_bureau_people(floor))
    other = floor.another_bank(region=COUNTY)
    file_quarters(bureau, other)
    bureau.draft(Q3)
    batch: Batch = bureau.open(Q3)
    bureau.release(batch)
    pay(bureau)
    places = SealPlaces(floor.premises.keeping, floor.premises.book, Checkpoints(folder))
    return SealFloor(bureau, places, other)
