"""The policy book as pages and API show it: every dated value with its clause, for a day."""

from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.policies import KIND_TITLES, ORIGIN_TITLES, Clause, Scheme, Value
from kernel.policies.values import Parameter
from kernel.web.policies.in_force import policy_book


@dataclass(frozen=True)
class DatedValue:
    """One value of a parameter as people read it."""

    shown: Text
    since: date
    until: date | None
    reference: str
    origin: str
    origin_title: Text
    note: Text | None
    in_force: bool
    decision: str | None


@dataclass(frozen=True)
class DatedParameter:
    """A parameter with all its values; `missing` says what a document still has to set."""

    name: str
    title: Text
    missing: Text | None
    values: tuple[DatedValue, ...]


@dataclass(frozen=True)
class ReadClause:
    """A clause with its answer for the day."""

    clause: Clause
    kind_title: Text
    payable: bool
    reason: Text
    waits: bool


def _value(parameter: Parameter, value: Value, on: date) -> DatedValue:
    return DatedValue(
        shown=parameter.shown(value.value),
        since=value.since,
        until=value.until,
        reference=value.reference,
        origin=value.origin,
        origin_title=ORIGIN_TITLES[value.origin],
        note=value.note,
        in_force=value.holds_on(on),
        decision=value.decision,
    )


def parameters(scheme: Scheme, on: date) -> list[DatedParameter]:
    """Every parameter of a scheme with every dated value, those in force on the day marked."""
    return [
        DatedParameter(one.name, one.title, one.missing, tuple(_value(one, value, on) for value in one.values))
        for one in scheme.parameters
    ]


def clauses(on: date, *, kind: str | None = None) -> list[ReadClause]:
    """The money clauses of the notice by number, each with whether an event of that day is paid here and why."""
    wanted = [clause for clause in policy_book().clauses if kind is None or clause.kind == kind]
    return [
        ReadClause(clause, KIND_TITLES[clause.kind], *clause.payable_on(on), waits=bool(clause.undecided_on(on)))
        for clause in wanted
    ]
