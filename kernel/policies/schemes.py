"""One policy: its clauses and its dated parameters, and the questions the rules ask of it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from kernel.bilingual import Text
from kernel.policies.canonical import canonical, digest
from kernel.policies.clauses import Clause
from kernel.policies.refusals import PolicyOver, PolicySilent, PolicyUndecided, UnknownParameter
from kernel.policies.values import Parameter, Value


@dataclass(frozen=True)
class Scheme:
    """One policy: its clauses and its dated parameters."""

    id: str
    title: Text
    clauses: tuple[Clause, ...]
    parameters: tuple[Parameter, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Parameter]:
        return {parameter.name: parameter for parameter in self.parameters}

    def parameter(self, name: str) -> Parameter:
        if name not in self._by_name:
            raise UnknownParameter(self.id, name, sorted(self._by_name))
        return self._by_name[name]

    def value(self, name: str, on: date) -> Value:
        """The value that holds on the day. Raises `PolicyUndecided` or `PolicySilent`, never answers with a zero."""
        parameter = self.parameter(name)
        value = parameter.on(on)
        if value is not None:
            return value
        if parameter.missing is not None:
            raise PolicyUndecided(self.title, tuple(clause.number for clause in self.clauses), name, parameter.missing)
        raise PolicySilent(self.title, parameter.title, name, on, parameter.nearest(on))

    def is_over(self, day: date) -> bool:
        """Whether every clause that pays ran out before the day, however long the values still run."""
        paying = [clause for clause in self.clauses if clause.kind in ("A", "P")]
        return bool(paying) and all(clause.has_ended(day) for clause in paying)

    def must_not_be_over(self, day: date) -> None:
        """Raise `PolicyOver` on a day after the last clause that pays."""
        if self.is_over(day):
            last = max(clause.valid_until for clause in self.clauses if clause.valid_until is not None)
            raise PolicyOver(self.title, day, last)

    def values(self, on: date) -> dict[str, Value]:
        """Every value that holds on the day, by name; parameters silent or undecided that day are left out."""
        found = {parameter.name: parameter.on(on) for parameter in self.parameters}
        return {name: value for name, value in found.items() if value is not None}

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of what the scheme says, whatever the layout of its file."""
        return digest(self._said)

    @property
    def _said(self) -> list[object]:
        parameters = {parameter.name: parameter for parameter in self.parameters}
        clauses = {clause.number: clause for clause in self.clauses}
        return [self.id, self.title, clauses, parameters]

    def digest_on(self, day: date) -> str:
        """Hex SHA-256 of what amounts of a day rest on: see `text_on`."""
        return digest(self._said_by(day))

    def text_on(self, day: date) -> str:
        """The values that have begun by the day, each with its first day and its document, as canonical text.

        Titles, notes, quotes and clauses are left out, and so is all that comes later: a value that ends after the day reads as
        open. A change for the future therefore leaves the digests of the past alone. Earlier values stay, because bases,
        high-water marks and contracts rest on the values of their own days.
        """
        return canonical(self._said_by(day))

    def _said_by(self, day: date) -> list[object]:
        return [self.id, {}, {}, {one.name: {"values": one.said_by(day)} for one in self.parameters}]

    def replacing(self, name: str, *values: Value) -> "Scheme":
        """The same scheme with other dated values for one parameter: a recorded decision, or a what-if."""
        changed = replace(self.parameter(name), values=tuple(sorted(values, key=lambda value: value.since)))
        parameters = tuple(changed if one.name == name else one for one in self.parameters)
        clauses = tuple(clause.with_parameter(changed) for clause in self.clauses)
        return Scheme(self.id, self.title, clauses, parameters)
