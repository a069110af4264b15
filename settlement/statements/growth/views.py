"""What the page of a growth reward statement shows beyond any other: readings, series, reconciliation, control; read only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlmodel import Session, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import percent
from settlement.engine.definition import Reason
from settlement.people import names_of
from settlement.returns.models import LoanReturn
from settlement.returns.service import newest
from settlement.returns.workflow import CERTIFIED, STATES
from settlement.statements import labels, service
from settlement.statements.growth.models import GrowthFigures, GrowthReconciliation
from settlement.statements.views import StatementView, percentage, statement_view
from settlement.statements.workflow import DRAFT


@dataclass(frozen=True)
class GrowthView(StatementView):
    """One revision of a growth reward statement, ready for its page."""

    figures: GrowthFigures
    own_return: LoanReturn | None
    newest_return: LoanReturn | None
    filed_lines: list[GrowthReconciliation]

    @property
    def local_from(self) -> str | None:
        found: str | None = self.explanation["institution"]["local_from"]
        return found

    @property
    def predecessors(self) -> list[Mapping[str, Any]]:
        """The institutions whose balances are added, because this one has taken them over."""
        found: list[Mapping[str, Any]] = self.explanation["predecessors"]
        return found

    @property
    def flags(self) -> list[Text]:
        """What the reviewer is to look at."""
        return service.flags_of(self.statement)

    @property
    def return_word(self) -> Text | None:
        """What stands between the statement and the newest return; None where it rests on it, or is history."""
        newest, own = self.newest_return, self.own_return
        if self.statement.state != DRAFT or (newest is not None and own is not None and newest.id == own.id):
            return None
        if newest is None:
            return (
                Text("机构还没有报送这一季的报表", "The institution has not filed a return for the quarter")
                if own is None
                else None
            )
        version, state = newest.version, STATES[newest.state]
        if newest.state == CERTIFIED:
            return Text(
                f"报表第 {version} 版已认证，要重新计算", f"Return version {version} is certified: compute again"
            )
        return Text(
            f"报表第 {version} 版：{state.zh}；认证以后才算得进来",
            f"Return version {version}: {state.en}; it counts once it is certified",
        )

    @property
    def events(self) -> list[tuple[datetime, Text, str]]:
        """What the bank did with the return, for the timeline: when, what, who."""
        own = self.own_return
        if own is None or own.certified_at is None:
            return []
        filed = Text(f"银行报送第 {own.version} 版", f"The bank filed version {own.version}")
        certified = Text("银行认证", "The bank certified")
        names = self.names.get(own.filed_by, ""), self.names.get(own.certified_by or 0, "")
        return [(own.filed_at, filed, names[0]), (own.certified_at, certified, names[1])]

    @property
    def readings(self) -> list[dict[str, Any]]:
        """The paid reading first, then the printed alternative."""
        kept = self.explanation["readings"]
        chosen = [one for one in kept if one["is_paid"]] + [one for one in kept if one["is_alternative"]]
        return [self._reading(one) for one in chosen]

    def _reading(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        return {
            "key": kept["basis"],
            "name": labels.basis(kept["basis"]),
            "base_note": self._base_note(kept),
            "closing": kept["balance"],
            "base": kept["reference_balance"],
            "growth": kept["increment"],
            "reward": kept["amount"],
            "rate": f"× {percent(Decimal(kept['rate']))}",
            "paid": kept["is_paid"],
        }

    def _base_note(self, kept: Mapping[str, Any]) -> Text | None:
        if kept["reference_on"] is None:
            return Text("没有基数", "No base")
        end = next(one for one in self.explanation["history"] if one["quarter"] == kept["reference_on"])
        day = Quarter.parse(kept["reference_on"]).last_day
        if end["certified"] is None:
            return Text(f"基数：{day} 报表余额", f"Base: return of {day}")
        return Text(f"基数：{day} 核定余额", f"Base: certified on {day}")

    def reading(self, basis: str) -> Mapping[str, Any] | None:
        """One reading as it was kept, by its basis."""
        return next((one for one in self.explanation["readings"] if one["basis"] == basis), None)

    @property
    def points(self) -> list[tuple[str, int]]:
        """The balances at quarter ends, for the chart; ends that nobody knows are left out."""
        ends = self.explanation["history"]
        return [
            (Quarter.parse(end["quarter"]).last_day.isoformat(), end["balance"])
            for end in ends
            if end["balance"] is not None
        ]

    @property
    def reconciled(self) -> list[dict[str, Any]]:
        """Where the filed balance went, the reasons that no loan met left out."""
        return [
            {"label": label, "count": loans, "fen": balance, "counted": reason == Reason.ELIGIBLE, "reason": reason,
             "detail": detail}
            for (reason, detail, label), (loans, balance) in self._added_up().items()
            if loans or reason == Reason.ELIGIBLE
        ]  # fmt: skip

    def _added_up(self) -> dict[tuple[str, str, Text], tuple[int, int]]:
        sums: dict[tuple[str, str, Text], tuple[int, int]] = {}
        for line in self.filed_lines:
            detail = line.detail if line.reason in labels.DETAILED else ""
            key = (line.reason, detail, labels.reason(line.reason, detail, self.explanation["definition"]))
            loans, balance = sums.get(key, (0, 0))
            sums[key] = (loans + line.loans, balance + line.balance)
        return sums

    @property
    def filed_total(self) -> dict[str, int]:
        """The whole return: loans and fen."""
        return {
            "count": sum(line.loans for line in self.filed_lines),
            "fen": sum(line.balance for line in self.filed_lines),
        }

    @property
    def control(self) -> dict[str, Any] | None:
        """The return held against the certified figure; `share` and `tolerance` as percentages."""
        kept = self.explanation["control"]
        if kept is None:
            return None
        share = None if kept["share"] is None else percentage(Fraction(kept["share"]), 2)
        return {**kept, "share": share, "tolerance": percentage(Fraction(kept["tolerance"]))}

    @property
    def documents(self) -> list[str]:
        """The numbers of the central bank's letters behind the quarter's and the reference's figure."""
        paid = next(one for one in self.explanation["readings"] if one["is_paid"])
        wanted = {self.statement.quarter, paid["reference_on"]}
        ends = (end for end in self.explanation["history"] if end["quarter"] in wanted)
        return [part["document"] for end in ends for part in end["parts"] if part["document"]]


def growth_view(db: Session, caller: Caller, number: str, revision: int | None = None) -> GrowthView:
    """A growth reward statement that the caller may see; NotFound otherwise, and for one of another scheme."""
    return with_growth(db, statement_view(db, caller, number, revision))


def with_growth(db: Session, view: StatementView) -> GrowthView:
    """The view of a growth reward statement with the figures of its scheme; NotFound for one of another scheme."""
    statement = view.statement
    figures = service.growth_figures(db, statement)
    own = db.exec(select(LoanReturn).where(LoanReturn.id == figures.return_id)).first()
    signers = names_of(db, [own.filed_by, own.certified_by]) if own else {}
    return GrowthView(
        **{**view.__dict__, "names": {**view.names, **signers}},
        figures=figures,
        own_return=own,
        newest_return=newest(db, statement.beneficiary_id, Quarter.parse(statement.quarter)),
        filed_lines=service.reconciliation_of(db, [statement]).get(statement.id or 0, []),
    )
