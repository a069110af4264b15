"""Which renewals and maturities a caller may see; what settlement is told. Another's is the same answer as none."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, select, true
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col

from kernel.accounts.service import Caller
from kernel.errors import NotFound
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party
from kernel.policies import PolicyBook
from kernel.web.paging import Asked, Page, page_of
from matchmaking.renewals.models import LoanMaturity, Renewal
from matchmaking.renewals.rules import ConditionAnswer, RenewalFacts, answers
from matchmaking.renewals.workflow import OF_BANKS, OF_FIRMS, verbs_for

BANK = aliased(Party)
FIRM = aliased(Party)
RADAR_DAYS = (30, 60, 90)


@dataclass(frozen=True)
class FiledRenewal:
    """A renewal with its firm and its bank."""

    renewal: Renewal
    firm: Party
    bank: Party

    @property
    def id(self) -> int:
        assert self.renewal.id is not None
        return self.renewal.id

    def moves(self, caller: Caller) -> list[str]:
        return verbs_for(caller.role, self.renewal.state)

    def is_late(self, today: date) -> bool:
        """Whether the bank's clock has run out without an answer."""
        return self.renewal.state == "applied" and today > self.renewal.answer_by

    def answers(self, book: PolicyBook) -> list[ConditionAnswer]:
        """Each condition of the rule set of the application day."""
        return answers(facts_of(self.renewal), book)


@dataclass(frozen=True)
class MaturingLoan:
    """A loan on the radar with its firm and bank."""

    loan: LoanMaturity
    firm: Party
    bank: Party

    def days_left(self, today: date) -> int:
        return (self.loan.due_on - today).days

    def band(self, today: date) -> int:
        """The narrowest of 30, 60 and 90 days in which it comes due."""
        return next(days for days in RADAR_DAYS if self.days_left(today) <= days)


def facts_of(row: Renewal) -> RenewalFacts:
    """What is known of a renewal, for the rules; the application itself is the firm's own."""
    said = {
        "own_application": True,
        "lawful": row.lawful,
        "sound": row.sound,
        "good_credit": row.good_credit,
    }
    if row.meets_new_loan_terms is not None:
        said["meets_new_loan_terms"] = row.meets_new_loan_terms
    return RenewalFacts(
        row.applied_on, row.old_due_on, row.borrower_kind, row.purpose, row.class_before, row.was_listed, said
    )


def own_rows(caller: Caller, table: Any) -> ColumnElement[bool]:
    """The condition on rows between a firm and its bank that they are the caller's own: firm's, bank's, county's; bureaus see all."""
    if caller.role in OF_FIRMS:
        return col(table.enterprise_id) == caller.organisation_id
    if caller.role in OF_BANKS:
        return col(table.bank_id) == caller.organisation_id
    return col(table.region) == caller.fiscal_region if caller.role == "county_officer" else true()


def with_parties(table: type[SQLModel], enterprise: Any, bank: Any) -> Select[Any]:
    """Rows with their firm and their bank."""
    query: Any = select(table, FIRM, BANK).join(FIRM, col(FIRM.id) == enterprise)
    joined: Select[Any] = query.join(BANK, col(BANK.id) == bank).execution_options(populate_existing=True)
    return joined


def renewals_query(caller: Caller, *, state: str | None = None) -> Select[Any]:
    """The renewals of the caller's own, the newest first."""
    query = with_parties(Renewal, col(Renewal.enterprise_id), col(Renewal.bank_id)).where(own_rows(caller, Renewal))
    if state is not None:
        query = query.where(col(Renewal.state) == state)
    return query.order_by(col(Renewal.id).desc())


def renewals_for(db: Session, caller: Caller, asked: Asked, *, state: str | None = None) -> Page[FiledRenewal]:
    """A page of them."""
    return page_of(db, renewals_query(caller, state=state), asked).map(lambda row: FiledRenewal(*row))


def waiting_renewals(db: Session, caller: Caller, states: Iterable[str], most: int) -> list[FiledRenewal]:
    """The caller's own renewals in some states, what is due first first: the bank's answer, then the old loan."""
    due = case((col(Renewal.state) == "applied", col(Renewal.answer_by)), else_=col(Renewal.old_due_on))
    query = renewals_query(caller).where(col(Renewal.state).in_(list(states)))
    rows = db.execute(query.order_by(None).order_by(due, col(Renewal.id)).limit(most))
    return [FiledRenewal(*row) for row in rows]


def renewal_for(db: Session, caller: Caller, renewal_id: int) -> FiledRenewal:
    """One renewal of the caller's own."""
    row = db.execute(renewals_query(caller).where(col(Renewal.id) == renewal_id)).first()
    if row is None:
        raise NotFound("renewal_not_found", "没有这份续贷", "There is no such renewal")
    return FiledRenewal(*row)


def radar(db: Session, caller: Caller, asked: Asked, *, today: date, days: int = RADAR_DAYS[-1]) -> Page[MaturingLoan]:
    """The caller's loans that come due within so many days, the earliest first; loans already renewed are left out."""
    due = col(LoanMaturity.due_on).between(today, today + timedelta(days=days))
    query = loans_query(caller).where(due).order_by(col(LoanMaturity.due_on), col(LoanMaturity.id))
    return page_of(db, query, asked).map(lambda row: MaturingLoan(*row))


def loans_query(caller: Caller) -> Select[Any]:
    """The caller's loans that are not renewed, each once."""
    query = with_parties(LoanMaturity, col(LoanMaturity.enterprise_id), col(LoanMaturity.bank_id))
    return query.where(own_rows(caller, LoanMaturity), ~_renewed(), ~_said_by_both())


def _renewed() -> ColumnElement[bool]:
    return (
        select(col(Renewal.id))
        .where(
            col(Renewal.bank_id) == col(LoanMaturity.bank_id),
            col(Renewal.old_loan) == col(LoanMaturity.loan),
            col(Renewal.state) == "settled",
        )
        .exists()
    )


def _said_by_both() -> ColumnElement[bool]:
    """A firm's own word on a loan that the bank's return holds too."""
    other = aliased(LoanMaturity)
    returned = select(col(other.id)).where(
        col(other.bank_id) == col(LoanMaturity.bank_id),
        col(other.loan) == col(LoanMaturity.loan),
        col(other.enterprise_id) == col(LoanMaturity.enterprise_id),
        col(other.source) == "return",
    )
    return (col(LoanMaturity.source) == "firm") & returned.exists()


def maturity_for(db: Session, caller: Caller, maturity_id: int) -> LoanMaturity:
    """One loan on the caller's radar."""
    query = select(LoanMaturity).where(col(LoanMaturity.id) == maturity_id, own_rows(caller, LoanMaturity))
    found: LoanMaturity | None = db.execute(query).scalars().first()
    if found is None:
        raise NotFound("loan_not_found", "没有这笔贷款", "There is no such loan")
    return found


def settled_renewals(db: Session, bank_ids: Iterable[int], until: date) -> list[tuple[Renewal, str]]:
    """The renewals of some banks settled by a day, in order, with the firm's credit code: what settlement holds returns against."""
    query: Any = select(Renewal, col(Party.code)).join(Party, col(Party.id) == col(Renewal.enterprise_id))
    query = query.where(col(Renewal.bank_id).in_(list(bank_ids)), col(Renewal.state) == "settled")
    query = query.where(col(Renewal.settled_on) <= until).order_by(col(Renewal.settled_on), col(Renewal.id))
    return [(renewal, code) for renewal, code in db.execute(query).all()]


def refused_loans(db: Session, enterprise_id: int) -> list[Renewal]:
    """A firm's renewals that its bank refused: the loans it may need bridge money for, the earliest due first."""
    query = select(Renewal).where(col(Renewal.enterprise_id) == enterprise_id, col(Renewal.state) == "refused")
    return list(db.execute(query.order_by(col(Renewal.old_due_on))).scalars())


def lending_banks(db: Session) -> list[Party]:
    """The banks a firm may owe a loan to, by name."""
    query: Any = select(Party).join(Institution, col(Institution.party_id) == col(Party.id))
    query = query.where(col(Institution.kind).not_in(GUARANTOR_KINDS), col(Institution.successor_id).is_(None))
    return list(db.execute(query.order_by(col(Party.name))).scalars())
