"""What the page of a statement shows whatever the scheme, gathered from the books and the statement's own explanation; read only."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.audit.service import entries_about
from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.people import names_of
from settlement.statements import labels, service
from settlement.statements.changes import changes
from settlement.statements.models import Statement, StatementLine, StatementShare


@dataclass(frozen=True)
class StatementView:
    """One revision of a statement, ready for its page."""

    statement: Statement
    explanation: Mapping[str, Any]
    shares: list[StatementShare]
    lines: list[StatementLine]
    names: Mapping[int, str]
    notes: list[AuditEntry]
    revisions: list[Statement]

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.statement.quarter)

    @property
    def scheme(self) -> Text:
        return labels.scheme(self.statement.scheme)

    @property
    def region(self) -> Text:
        return labels.region(self.statement.region)

    @property
    def holds(self) -> list[Text]:
        """Why the statement waits, in sentences."""
        return [labels.hold(code) for code in self.statement.reasons]

    @property
    def share_rows(self) -> list[tuple[Text, str, int]]:
        """Who bears what: payer, percentage, fen."""
        return [(labels.payer(one.payer), percentage(Fraction(one.part)), one.amount) for one in self.shares]

    @property
    def history(self) -> list[tuple[Statement, list[Text]]]:
        """Every revision, the oldest first, with why it differs from the one before."""
        oldest = sorted(self.revisions, key=lambda one: one.revision)
        pairs = zip([None, *oldest], oldest, strict=False)
        return [(one, [] if before is None else _why(before, one)) for before, one in pairs]

    @property
    def parameters(self) -> Mapping[str, Mapping[str, Any]]:
        """The parameters by name."""
        return {one["name"]: one for one in self.explanation["parameters"]}


def _why(before: Statement, after: Statement) -> list[Text]:
    told = service.explanation_of(before), service.explanation_of(after)
    return changes(*told, (before.amount, after.amount))


def percentage(part: Fraction, places: int = 4) -> str:
    """A part as a percentage, rounded half up for reading only: `50%`, `0.25%`."""
    scaled = (2 * part.numerator * 100 * 10**places + part.denominator) // (2 * part.denominator)
    whole, rest = divmod(scaled, 10**places)
    return f"{whole}.{rest:0{places}d}".rstrip("0").rstrip(".") + "%"


def statement_view(db: Session, caller: Caller, number: str, revision: int | None = None) -> StatementView:
    """A statement that the caller may see; NotFound otherwise."""
    statement = service.statement_by_number(db, caller, number, revision=revision)
    assert statement.id is not None
    notes = entries_about(db, ("statement", statement.number))
    revisions = service.revisions_of(db, caller, number)
    people = [*(one.drafted_by for one in revisions), *(note.account_id for note in notes)]
    return StatementView(
        statement=statement,
        explanation=service.explanation_of(statement),
        shares=service.shares_of(db, [statement]).get(statement.id, []),
        lines=service.lines_of(db, [statement]).get(statement.id, []),
        names=names_of(db, people),
        notes=notes,
        revisions=revisions,
    )
