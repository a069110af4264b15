"""One history on its own copy of the town's books: every act that people and jobs can do, each through its service.

A refusal is a lawful answer, but it must leave the books exactly as they were; everything else that is raised is a fault.
"""

from collections import Counter
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import func
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.models import AuditHead
from kernel.clock import SHANGHAI
from kernel.errors import DomainError
from kernel.ledger.models import LedgerFund, PostingGroup
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from settlement.awards import service as awards
from settlement.awards.judging import judge_claim, shown_digest
from settlement.awards.models import AwardClaim
from settlement.awards.service import SaidWithMove
from settlement.batches import moving, objections, reading, restating, service
from settlement.batches.deputies import Deputation, name_deputy
from settlement.batches.models import Batch, Objection
from settlement.batches.reading import statement_ids_signed
from settlement.batches.service import BatchDesk, Signing
from settlement.batches.workflow import ENDED, steps_from
from settlement.certified_balances.service import Figure, record_balance
from settlement.payments.from_batches import approved_items, released_batches
from settlement.payments.models import PayerClaim
from settlement.payments.released import take_in_released
from settlement.payments.sending import PayingOffice
from settlement.returns.service import certify
from settlement.statements.drafting import draft_quarter
from tests.settlement.histories.town import BEGINS, ENTRY, FEES, GROWTH, QUARTERS, REFINANCING, SETTLED, Pending, Town
from tests.settlement.payments.payment_floor import CountingTreasury, with_value

T = TypeVar("T")
WAYS = ("carry_claim", "pro_rata")
# what there can be statements of: no guarantor has filed for the first quarter, and the firm's events lie in the third
DRAWN_UP = (
    *((GROWTH, quarter) for quarter in SETTLED),
    (FEES, SETTLED[1]),
    (FEES, SETTLED[2]),
    (ENTRY, SETTLED[2]),
    (REFINANCING, SETTLED[2]),
)


@dataclass
class History:
    """The books, the day, the treasury on the other side, and how often each act was done or refused."""

    db: Session
    town: Town
    today: date = BEGINS
    treasury: CountingTreasury = field(default_factory=CountingTreasury)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    figures: dict[tuple[int, int], int] = field(default_factory=dict)
    totals: dict[tuple[int, int], int] = field(default_factory=dict)
    minutes: int = 0
    facts_moved: bool = True

    def __post_init__(self) -> None:
        self.books: Mapping[str, PolicyBook] = {
            way: with_value(self.town.book, "settlement-calendar", "budget_shortage", way) for way in WAYS
        }

    @property
    def at(self) -> datetime:
        """Later at every look, so that no two acts share a moment."""
        self.minutes += 2
        return datetime(self.today.year, self.today.month, self.today.day, 8, tzinfo=SHANGHAI) + timedelta(
            minutes=self.minutes % 600
        )

    @property
    def desk(self) -> BatchDesk:
        return BatchDesk(self.town.premises, WorkCalendar(), self.at, self.today)

    def office(self, way: str = "carry_claim") -> PayingOffice:
        return PayingOffice(self.treasury, approved_items, self.books[way])

    def hand(self, role: str) -> Caller:
        return self.town.hands[role]

    def mark(self) -> tuple[object, ...]:
        """What any lasting change would change."""
        head = self.db.execute(select(AuditHead.number, AuditHead.digest)).one()
        groups = self.db.execute(select(func.max(col(PostingGroup.id)))).scalar()
        claim = PayerClaim
        taken = col(claim.set_off) + col(claim.ordered) + col(claim.cut) + col(claim.carried) + col(claim.recovered)
        sums = self.db.execute(select(func.count(), func.sum(taken)).select_from(claim)).one()
        funds = self.db.execute(select(func.sum(LedgerFund.granted), func.sum(LedgerFund.taken))).one()
        self.db.rollback()
        return (*head, groups, *sums, *funds)

    def act(self, name: str, work: Callable[[], T]) -> T | None:
        """Do something in transactions of its own; None where a rule says no, which must leave no trace."""
        before = self.mark()
        try:
            result = work()
        except DomainError as error:
            refusal = error
        else:
            self.db.rollback()
            self.done[name] += 1
            return result
        self.db.rollback()
        assert self.mark() == before, f"{name} was refused ({refusal.code}) and still changed the books"
        self.refused[f"{name}: {refusal.code}"] += 1
        return None

    def write(self, name: str, work: Callable[[Session], T]) -> T | None:
        """The same for an act that is one transaction."""
        return self.act(name, lambda: database.write(self.db, work))

    # -- facts

    def certify_figure(self, bank: int, place: int, fen: int) -> None:
        """The central bank's newest figure of a quarter end."""
        figure = Figure(self.town.banks[bank].party.code, QUARTERS[place], fen, f"平银发{self.minutes}号")
        officer, book = self.town.officer, self.town.book
        kept = self.write(
            "certify a figure",
            lambda db: record_balance(db, officer, figure, book=book, at=self.at, today=self.today),
        )
        if kept is not None:
            self.figures[bank, place] = fen
            self.facts_moved = True

    def certify_return(self, pending: Pending) -> None:
        """The checker certifies the corrected return that the maker has sent."""
        kept = self.write(
            "certify a return",
            lambda db: certify(db, pending.checker, pending.number, digest=pending.digest, at=self.at),
        )
        if kept is None:
            return
        self.facts_moved = True
        if pending.place is not None:
            self.totals[pending.place] = pending.total

    def decide(self, claim_id: int, verb: str) -> None:
        """The responsible bureau accepts a claim as it is shown, or takes its acceptance back."""

        def work(db: Session) -> AwardClaim:
            claim = db.exec(select(AwardClaim).where(AwardClaim.id == claim_id)).one()
            by = self.town.industry if claim.scheme == "first-entry-award" else self.hand("operator")
            book, today = self.town.book, self.today
            digest = shown_digest(claim, judge_claim(db, claim, book, on=today)) if verb == "accept" else ""
            said = SaidWithMove(digest=digest, note="材料不实")
            return awards.move(db, by, claim_id, verb, book=book, at=self.at, today=today, said=said)

        if self.write(f"{verb} an award", work) is not None:
            self.facts_moved = True

    # -- statements

    def compute(self) -> list[str]:
        """What the hourly job does, for the schemes of the town: what is signed waits. The numbers of what was written."""

        def work() -> list[str]:
            signed = statement_ids_signed(self.db)
            written = [one for scheme, quarter in DRAWN_UP for one in self._draft(scheme, quarter, signed)]
            database.write(self.db, lambda db: service.refresh_open(db, at=self.at))
            return written

        self.facts_moved = False
        return self.act("compute", work) or []

    def redraft(self, scheme: str, quarter: Quarter, signed: Collection[int] = ()) -> list[str]:
        """The operator's button, which spares what is signed only where it is told to."""
        return self.act("draft", lambda: self._draft(scheme, quarter, signed)) or []

    def _draft(self, scheme: str, quarter: Quarter, signed: Collection[int]) -> list[str]:
        drafted = draft_quarter(self.db, quarter, premises=self.town.premises, at=self.at, scheme=scheme, signed=signed)
        assert drafted.failed == [], drafted
        return drafted.written

    def restate(self) -> list[str]:
        """What newer facts do is shown, and confirmed to the digest of what was shown. The numbers of what was restated."""
        shown = restating.preview(self.db, desk=self.desk)
        if shown.deltas:
            assert shown.digest == restating.preview(self.db, desk=self.desk).digest
        self.db.rollback()
        operator = self.hand("operator")
        done = self.act("restate", lambda: restating.restate(self.db, operator, digest=shown.digest, desk=self.desk))
        return [*done.written, *done.withdrawn] if done else []

    # -- batches

    def batches(self) -> list[Batch]:
        found = list(self.db.execute(reading.batches_query().execution_options(populate_existing=True)).scalars())
        self.db.rollback()
        return sorted(found, key=lambda batch: batch.id or 0)

    def batch(self, number: int) -> Batch:
        """A batch as it stands now."""
        return next(one for one in self.batches() if one.id == number)

    def open_batch(self, quarter: Quarter) -> None:
        self.write("open a batch", lambda db: service.open_batch(db, self.hand("operator"), quarter, desk=self.desk))

    def refresh(self) -> None:
        self.write("refresh", lambda db: service.refresh_open(db, at=self.at))

    def move(
        self, batch: Batch, name: str, by: Caller, *, digest: str = "", version: int | None = None
    ) -> Batch | None:
        """A move as the page sends it: with what was shown, unless something else is given."""
        signing = Signing(digest or batch.digest, batch.version if version is None else version, "事由")

        def work(db: Session) -> Batch:
            return moving.move(db, by, reading.batch_by_number(db, batch.number), name, signing, desk=self.desk)

        return self.write(f"batch {name}", work)

    def forward(self, batch: Batch) -> None:
        """The next proper step by the proper person, on the first day on which it may be."""
        steps = [one for one in steps_from(batch.state) if not one.voids]
        if not steps:
            return
        if batch.notice_until is not None and steps[0].move == "order":
            self.today = max(self.today, batch.notice_until + timedelta(days=1))
        self.move(batch, steps[0].move, self.hand(steps[0].role))

    def carry_through(self) -> None:
        """Every batch under way goes on as far as it may."""
        for batch in [one for one in self.batches() if one.state not in ENDED]:
            before = 0
            while batch.state not in ENDED and batch.version != before:
                before = batch.version
                self.forward(batch)
                batch = self.batch(batch.id or 0)
        self.take_in()

    def set_aside(self, batch: Batch, number: str) -> None:
        self.write(
            "set aside",
            lambda db: service.set_aside(
                db,
                self.hand("operator"),
                reading.batch_by_number(db, batch.number),
                number,
                reason="材料不齐",
                desk=self.desk,
            ),
        )

    def object_to(self, batch: Batch, number: str) -> None:
        self.write(
            "object",
            lambda db: objections.raise_objection(
                db,
                self.hand("operator"),
                reading.batch_by_number(db, batch.number),
                number,
                content="数不对",
                objector="某人",
                desk=self.desk,
            ),
        )

    def answer(self, objection_id: int, outcome: str) -> None:
        def work(db: Session) -> Objection:
            found = db.exec(select(Objection).where(Objection.id == objection_id)).one()
            by = self.hand("reviewer")
            return objections.answer_objection(db, by, found, outcome=outcome, answer="查过", at=self.at)

        self.write(f"answer {outcome}", work)

    def deputise(self, principal: str, deputy: str) -> None:
        until = self.today + timedelta(days=20)
        wanted = Deputation(self.hand(deputy).account_id, self.today, until, "出差")
        self.write("deputise", lambda db: name_deputy(db, self.hand(principal), wanted, at=self.at, today=self.today))

    def take_in(self) -> None:
        """The job of every minute."""
        counts = self.act(
            "take in",
            lambda: take_in_released(
                self.db, batches=released_batches, approvals=approved_items, at=self.at, today=self.today
            ),
        )
        assert counts is not None
        assert counts["failed"] == 0, counts


__all__ = ["DRAWN_UP", "WAYS", "History"]
