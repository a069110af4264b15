"""Which applications a caller may see, and how long a firm's loans may be deferred. Another's is the same answer as none."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.service import enterprise_by_id
from kernel.policies import PolicyBook
from kernel.web.paging import Asked, Page, page_of
from matchmaking.deferrals.models import Deferral
from matchmaking.deferrals.rules import DeferralAnswer, DeferralFacts, deferral_answers, is_merchant, longest
from matchmaking.deferrals.workflow import verbs_for
from matchmaking.renewals.models import LoanMaturity
from matchmaking.renewals.reading import MaturingLoan, loans_query, own_rows, with_parties


@dataclass(frozen=True)
class FiledDeferral:
    """An application with its firm and its bank."""

    deferral: Deferral
    firm: Party
    bank: Party

    @property
    def id(self) -> int:
        assert self.deferral.id is not None
        return self.deferral.id

    def moves(self, caller: Caller) -> list[str]:
        return verbs_for(caller.role, self.deferral.state)


@dataclass(frozen=True)
class LoanLimits:
    """A loan of a firm and what each rule in force on a day says of it, were the firm hit by epidemic or disaster or not."""

    loan: MaturingLoan
    answers: tuple[DeferralAnswer, ...]

    @property
    def applying(self) -> tuple[DeferralAnswer, ...]:
        return tuple(one for one in self.answers if one.applies)

    @property
    def until(self) -> date | None:
        """The latest day that any of them writes."""
        return longest(self.answers)


def deferrals_query(caller: Caller, *, state: str | None = None) -> Select[Any]:
    """The applications of the caller's own, the newest first."""
    query = with_parties(Deferral, col(Deferral.enterprise_id), col(Deferral.bank_id)).where(own_rows(caller, Deferral))
    if state is not None:
        query = query.where(col(Deferral.state) == state)
    return query.order_by(col(Deferral.id).desc())


def deferrals_for(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[FiledDeferral]:
    """A page of them."""
    return page_of(db, deferrals_query(caller, state=state), asked).map(lambda row: FiledDeferral(*row))


def deferral_for(db: Session, caller: Caller, deferral_id: int) -> FiledDeferral:
    """One application of the caller's own."""
    row = db.execute(deferrals_query(caller).where(col(Deferral.id) == deferral_id)).first()
    if row is None:
        raise NotFound("deferral_not_found", "没有这份延期申请", "There is no such application to defer")
    return FiledDeferral(*row)


def limits_of(db: Session, caller: Caller, asked: Asked, *, book: PolicyBook, today: date) -> Page[LoanLimits]:
    """The firm's own loans by the day they come due, each with what the rules of today allow."""
    trades = is_merchant(enterprise_by_id(db, caller.organisation_id)[1].industry)
    query = loans_query(caller).order_by(col(LoanMaturity.due_on), col(LoanMaturity.id))

    def limits(row: Any) -> LoanLimits:
        found = MaturingLoan(*row)
        facts = DeferralFacts(today, found.loan.due_on, found.loan.borrower_kind, trades, True)
        return LoanLimits(found, tuple(deferral_answers(facts, book)))

    return page_of(db, query, asked).map(limits)


def open_for(db: Session, bank_id: int) -> list[Deferral]:
    """The applications that wait for a bank, the oldest first."""
    query = select(Deferral).where(col(Deferral.bank_id) == bank_id, col(Deferral.state) == "applied")
    return list(db.execute(query.order_by(col(Deferral.id))).scalars())
