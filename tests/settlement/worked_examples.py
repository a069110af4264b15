"""Reads the officials' worked examples in `cases/`."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from kernel.money import parse_yuan
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Scheme, Value
from settlement.growth_reward import (
    SCHEME,
    Assessment,
    CertifiedFigure,
    GrowthRule,
    LegalPerson,
    ReturnedBalance,
    assess_quarter,
    rule_for,
)

CASES = Path(__file__).parent / "cases"
POLICIES = Path(__file__).parents[2] / "config" / "policies"
UNITS = {"元": 1, "万元": 10_000}


def book() -> PolicyBook:
    return PolicyBook.load(POLICIES)


def _read(written: object) -> Any:
    return Decimal(written) if isinstance(written, str) and written[:1].isdigit() else written


def _values(name: str, written: object) -> Iterator[Value]:
    """One value for all time, or several with their days."""
    rows = written if isinstance(written, list) else [{"value": written}]
    for row in rows:
        since, until = row.get("since", date(2021, 12, 31)), row.get("until")
        yield Value(name, _read(row["value"]), since, until, "算例", "default")


@dataclass(frozen=True)
class WorkedExample:
    """One file of `cases/`."""

    name: str
    content: Mapping[str, Any]

    def fen(self, written: str) -> int | None:
        """An amount in the unit of the file, in fen; empty is unknown."""
        return parse_yuan(written) * UNITS[self.content["unit"]] if written else None

    @property
    def scheme(self) -> Scheme:
        scheme = book().scheme(SCHEME)
        for name, written in self.content.get("policy", {}).items():
            scheme = scheme.replacing(name, *_values(name, written))
        return scheme

    @property
    def persons(self) -> list[LegalPerson]:
        return [
            LegalPerson(
                code=one["name"],
                name=one["name"],
                kind=one.get("kind", "rural_commercial_bank"),
                region=one.get("region", "410402"),
                local_from=one.get("local_from"),
                local_until=one.get("local_until"),
                successor_code=one.get("successor"),
            )
            for one in self.content.get("institution", [])
        ]

    def _figures(self, table: str) -> dict[tuple[str, Quarter], int]:
        found = {}
        for name, days in self.content.get(table, {}).items():
            for day, written in days.items():
                found[name, Quarter.containing(date.fromisoformat(day))] = self.fen(written) or 0
        return found

    @property
    def returned(self) -> dict[tuple[str, Quarter], ReturnedBalance]:
        figures = self._figures("balances") | self._figures("returned")
        return {key: ReturnedBalance(fen) for key, fen in figures.items()}

    @property
    def certified(self) -> dict[tuple[str, Quarter], CertifiedFigure]:
        figures = self._figures("balances") | self._figures("certified")
        return {key: CertifiedFigure(fen) for key, fen in figures.items()}

    def rule(self, quarter: Quarter) -> GrowthRule:
        return rule_for(self.scheme, quarter)

    def assessments(self, quarter: Quarter) -> dict[str, Assessment]:
        found = assess_quarter(self.persons, self.returned, self.certified, self.rule(quarter))
        return {one.person.code: one for one in found}


def examples() -> list[WorkedExample]:
    return [WorkedExample(path.stem, tomllib.loads(path.read_text("utf-8"))) for path in sorted(CASES.glob("*.toml"))]


def entries(table: str) -> list[tuple[WorkedExample, Mapping[str, Any]]]:
    """Every entry of a table, with its example."""
    return [(example, entry) for example in examples() for entry in example.content.get(table, [])]
