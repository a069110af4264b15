"""The money of a history: budgets, orders, the treasury, the bank's receipts, recoveries, and what the bank itself has seen."""

from collections import Counter
from dataclasses import dataclass, field

from sqlmodel import Session, select

from kernel.ledger import closing, funds
from kernel.workdays import WorkCalendar
from settlement.batches.models import Batch
from settlement.payments import orders
from settlement.payments.appropriations import check_appropriation, propose_appropriation
from settlement.payments.claims import open_claims, open_recoveries
from settlement.payments.from_batches import approved_items
from settlement.payments.models import Appropriation, PayerClaim, Payment, PaymentOrder
from settlement.payments.payees import AccountDetails, check_payee, propose_payee
from settlement.payments.receipts.models import ReceiptFile, ReceiptLine
from settlement.payments.receipts.reading import ReceiptContent, ReceiptRecord
from settlement.payments.receipts.service import mismatch_by_id, resolve, take_receipt
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.recoveries.service import issue_notice, notice_by_number, record_recovered
from settlement.payments.rules import payment_rules
from settlement.payments.sending import cancel_order, recover_orders, send_order
from settlement.payments.workflow import ORDERED
from tests.settlement.histories.history import History
from tests.settlement.histories.town import PAYERS

Cash = tuple[str, int, str, str]  # payer, beneficiary, scheme, quarter


@dataclass
class Bank:
    """The other side: what it paid out and took back, to compare the books with."""

    paid: Counter[Cash] = field(default_factory=Counter)
    returned: Counter[tuple[str, int]] = field(default_factory=Counter)
    files: int = 0


class Counterhall:
    """What the cashier, the operator and the reviewer do with money in a history."""

    def __init__(self, history: History) -> None:
        self.history, self.bank = history, Bank()

    @property
    def db(self) -> Session:
        return self.history.db

    def appropriate(self, payer: str, fen: int) -> None:
        """Entered by one, checked by another."""
        h = self.history
        operator, reviewer = h.hand("operator"), h.hand("reviewer")

        def work(db: Session) -> Appropriation:
            row = propose_appropriation(
                db, operator, payer=payer, budget_year=h.today.year, amount=fen, document="追加", at=h.at
            )
            return check_appropriation(db, reviewer, row, accept=True, at=h.at, today=h.today)

        h.write("appropriate", work)

    def draw(self, payer: str, batch: Batch, way: str, *, digest: str | None = None) -> PaymentOrder | None:
        h = self.history
        options = {"payer": payer, "batch": batch.number, "approvals": approved_items, "book": h.books[way]}
        return h.write(
            "draw",
            lambda db: orders.draw_order(  # type: ignore[arg-type]
                db, h.hand("cashier"), at=h.at, today=h.today, digest=digest, **options
            ),
        )

    def pay_all(self, way: str) -> None:
        """Every payer that has something to pay draws, sends, and has the bank's receipts."""
        released = [one for one in self.history.batches() if one.state == "ordered"]
        for payer in PAYERS if released else ():
            if self.left_and_due(payer)[1]:
                self._pay_one(payer, released[-1], way)

    def _pay_one(self, payer: str, batch: Batch, way: str) -> None:
        order = self.draw(payer, batch, way)
        if order is None or not order.total:
            return
        self.send(order)
        payments = [one for one in self.payments(ORDERED) if one.order_id == order.id]
        self.receipt(*((one.reference, one.amount, "paid", f"BK{one.reference}") for one in payments))

    def preview_twice(self, payer: str, batch: Batch, way: str) -> str | None:
        """The digest of what an order would do: the same at every look."""
        h = self.history
        options = {"payer": payer, "batch": batch.number, "approvals": approved_items, "book": h.books[way]}

        def look() -> str:
            seen = orders.preview(self.db, h.hand("cashier"), today=h.today, **options)  # type: ignore[arg-type]
            return seen.digest

        first, second = h.act("preview", look), h.act("preview", look)
        assert first == second
        return first

    def send(self, order: PaymentOrder, *, silent: bool = False, loses_answers: bool = False) -> PaymentOrder | None:
        h = self.history
        h.treasury.silent, h.treasury.loses_answers = silent, loses_answers
        return h.act(
            "send",
            lambda: send_order(
                self.db, h.hand("cashier"), order.number, office=h.office(order.shortage), at=h.at, today=h.today
            ),
        )

    def recover(self, *, silent: bool = False, loses_answers: bool = False) -> None:
        h = self.history
        h.treasury.silent, h.treasury.loses_answers = silent, loses_answers
        counts = h.act("recover", lambda: recover_orders(self.db, office=h.office(), at=h.at))
        assert counts is not None
        assert counts["failed"] == 0, counts

    def cancel(self, order: PaymentOrder) -> None:
        h = self.history
        h.write(
            "cancel",
            lambda db: cancel_order(db, h.hand("cashier"), order.number, reason="开错", at=h.at, today=h.today),
        )

    def orders(self) -> list[PaymentOrder]:
        found = orders.orders_of(self.db)[::-1]
        self.db.rollback()
        return found

    def payments(self, *states: str) -> list[Payment]:
        query = select(Payment).order_by(Payment.reference).execution_options(populate_existing=True)
        found = [one for one in self.db.exec(query) if not states or one.state in states]
        self.db.rollback()
        return found

    def receipt(self, *lines: tuple[str, int, str, str]) -> ReceiptFile | None:
        """A receipt file: reference, fen, outcome, the bank's own reference. What it really matched is the bank's doing."""
        h = self.history
        self.bank.files += 1
        records = tuple(
            ReceiptRecord(row, reference, fen, h.today, outcome, bank_reference, "户名不符")
            for row, (reference, fen, outcome, bank_reference) in enumerate(lines, start=2)
        )
        content = ReceiptContent("receipt.csv", f"{self.bank.files:064x}", records)
        taken = h.write("receipt", lambda db: take_receipt(db, h.hand("cashier"), content, at=h.at, today=h.today))
        if taken is not None:
            again = h.write("receipt", lambda db: take_receipt(db, h.hand("cashier"), content, at=h.at, today=h.today))
            assert again is None, "a receipt file was taken in twice"
            self._tally(taken)
        return taken

    def _tally(self, taken: ReceiptFile) -> None:
        query = select(ReceiptLine).where(ReceiptLine.receipt_id == taken.id, ReceiptLine.state == "matched")
        for line in self.db.exec(query).all():
            self._count(line)
        self.db.rollback()

    def _count(self, line: ReceiptLine) -> None:
        """A payment that the bank says it made."""
        if line.outcome != "paid" or line.payment_id is None:
            return
        payment = self.db.exec(select(Payment).where(Payment.id == line.payment_id)).one()
        claim = self.db.exec(select(PayerClaim).where(PayerClaim.id == payment.claim_id)).one()
        self.bank.paid[payment.payer, claim.beneficiary_id, claim.scheme, claim.quarter] += line.amount

    def mismatches(self) -> list[ReceiptLine]:
        query = select(ReceiptLine).where(ReceiptLine.state == "open")
        found = list(self.db.exec(query.execution_options(populate_existing=True)))
        self.db.rollback()
        return found

    def resolve(self, line: ReceiptLine, way: str, reference: str) -> None:
        h = self.history
        done = h.write(
            f"resolve {way}",
            lambda db: resolve(
                db,
                h.hand("cashier"),
                mismatch_by_id(db, line.id or 0),
                resolution=way,
                reason="核对过",
                reference=reference,
                at=h.at,
                today=h.today,
            ),
        )
        if done is not None and way == "assign":
            self._count(done)
            self.db.rollback()

    def notices(self) -> list[RecoveryNotice]:
        query = select(RecoveryNotice).order_by(RecoveryNotice.number)
        found = list(self.db.exec(query.execution_options(populate_existing=True)))
        self.db.rollback()
        return found

    def ask_back(self, payer: str, beneficiary_id: int) -> None:
        h = self.history
        rules = payment_rules(h.town.book, h.today)
        h.write(
            "ask back",
            lambda db: issue_notice(
                db,
                h.hand("operator"),
                payer=payer,
                beneficiary_id=beneficiary_id,
                reason="更正",
                rules=rules,
                calendar=WorkCalendar(),
                at=h.at,
                today=h.today,
            ),
        )

    def money_back(self, notice: RecoveryNotice, fen: int) -> None:
        h = self.history
        done = h.write(
            "money back",
            lambda db: record_recovered(
                db,
                h.hand("cashier"),
                notice_by_number(db, notice.number),
                amount=fen,
                received_on=h.today,
                bank_reference=f"BACK{h.minutes}",
                at=h.at,
                today=h.today,
            ),
        )
        if done is not None:
            self.bank.returned[notice.payer, notice.beneficiary_id] += fen

    def change_account(self, holder: str) -> None:
        """A new account, checked today, in force after the waiting time."""
        h = self.history
        details = AccountDetails("户名", f"62220000{h.minutes:08d}", "建设银行", "105495000018", "函2号")
        rules = payment_rules(h.town.book, h.today)

        def work(db: Session) -> None:
            row = propose_payee(db, h.hand("operator"), holder, details, at=h.at)
            check_payee(
                db, h.hand("reviewer"), row, accept=True, rules=rules, calendar=WorkCalendar(), at=h.at, today=h.today
            )

        h.write("change an account", work)

    def close_month(self, payer: str, month: str) -> None:
        h = self.history
        proposer, closer = h.hand("operator").actor, h.hand("reviewer").actor
        h.write(
            "propose closing",
            lambda db: closing.propose_closing(db, payer, month, by=proposer, at=h.at, today=h.today),
        )
        h.write("close", lambda db: closing.close(db, payer, month, by=closer, at=h.at))

    def left_and_due(self, payer: str) -> tuple[int, int]:
        """What is left of the year's budget, and what is open to be paid."""
        left = funds.available(self.db, payer, self.history.today.year)
        due = sum(claim.open_amount for claim in open_claims(self.db, payer))
        self.db.rollback()
        return left, due

    def owing(self, payer: str) -> list[int]:
        """Who owes a payer something."""
        found = sorted({claim.beneficiary_id for claim in open_recoveries(self.db, payer)})
        self.db.rollback()
        return found

    def oldest_open_month(self, payer: str) -> str | None:
        months = [one.month for one in closing.periods_of(self.db, payer) if one.state != "closed"]
        self.db.rollback()
        return min(months, default=None)
