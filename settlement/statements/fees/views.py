"""What the page of a fee-subsidy statement shows beyond any other: years, what was left out, and its contracts; read only."""

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.web.paging import Asked, Page, page_of
from settlement.fee_subsidy import EXCLUSION_TITLES, Exclusion, percentage
from settlement.statements.fees.models import FeeContract
from settlement.statements.models import Statement
from settlement.statements.views import StatementView

ELIGIBLE = Text("计奖", "Counts")


def reason_title(code: str) -> Text:
    """What became of a contract, in words."""
    return ELIGIBLE if code == "eligible" else EXCLUSION_TITLES[Exclusion(code)]


@dataclass(frozen=True)
class FeeContractView:
    """One contract of a statement with its rates as people read them."""

    row: FeeContract

    @property
    def fee_rate(self) -> str:
        return percentage(Fraction(self.row.fee_rate))

    @property
    def gap(self) -> str:
        return percentage(Fraction(self.row.gap)) if self.row.gap else "—"

    @property
    def told(self) -> Text:
        return Text(self.row.told_zh, self.row.told_en)

    @property
    def reasons(self) -> list[Text]:
        return [reason_title(code) for code in self.row.exclusions.split()]


@dataclass(frozen=True)
class FeeView(StatementView):
    """One revision of a fee-subsidy statement, with one page of its contracts."""

    contracts: Page[FeeContractView]

    @property
    def average_fee(self) -> str:
        """The weighted average fee of the year's contracts as a percentage."""
        kept = self.explanation["average_fee"]
        return "—" if kept is None else percentage(Fraction(kept))

    @property
    def target(self) -> str:
        """The notice's target for that average, as kept with the statement."""
        kept = self.parameters.get("average_fee_target")
        return "—" if kept is None else str(kept["shown"][0])

    @property
    def formula(self) -> Text:
        zh, en = self.parameters["formula"]["shown"]
        return Text(zh, en)

    @property
    def went(self) -> list[dict[str, Any]]:
        """What became of the contracts of the quarter's return: those that count first."""
        rows = sorted(self.explanation["went"], key=lambda one: one["reason"] != "eligible")
        return [{**one, "label": reason_title(one["reason"])} for one in rows]


def contracts_query(statement: Statement, *, left_out: bool = False, wanted: str = "") -> Select[Any]:
    """The contracts of a statement in its order: all, only those left out, or those whose number or borrower contains a word."""
    query = select(FeeContract).where(FeeContract.statement_id == statement.id)
    if left_out:
        query = query.where(FeeContract.exclusions != "")
    if wanted:
        there = col(FeeContract.contract_id).contains(wanted, autoescape=True)
        query = query.where(there | col(FeeContract.borrower_name).contains(wanted, autoescape=True))
    return query.order_by(col(FeeContract.place))


def contracts_of(
    db: Session, statement: Statement, asked: Asked, *, left_out: bool = False, wanted: str = ""
) -> Page[FeeContractView]:
    """A page of them."""
    return page_of(db, contracts_query(statement, left_out=left_out, wanted=wanted), asked).map(FeeContractView)
