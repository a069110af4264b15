"""Reads the officials' worked examples of event awards: `cases/award_*.toml`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.money import parse_yuan
from kernel.policies import PolicyBook, Setting, Source, from_written, overlaid
from settlement.event_awards import (
    AwardBeneficiary,
    AwardDecision,
    AwardEvent,
    FactValue,
    GrantedAward,
    decide,
    kind_of,
)
from tests.settlement.worked_examples import UNITS, WorkedExample, book, examples

ON = date(2025, 12, 31)  # the day of deciding, unless a case names another
Entry = Mapping[str, Any]


def decided(example: WorkedExample, shipped: PolicyBook) -> PolicyBook:
    """The shipped book with the example's decisions laid over it."""
    source = Source("算例", "decision")
    settings = []
    for one in example.content.get("decision", []):
        parameter = shipped.scheme(one["scheme"]).parameter(one["parameter"])
        data = from_written(parameter, one["value"])
        settings.append((Setting(one["scheme"], one["parameter"], data, one["since"]), source))
    return overlaid(shipped, settings)


def beneficiary(example: WorkedExample, name: str) -> AwardBeneficiary:
    known = {one["name"]: one for one in example.content.get("firm", [])}
    row = known.get(name, {})
    return AwardBeneficiary(
        code=name,
        name=name,
        kind=row.get("kind", "enterprise"),
        region=row.get("region", "410402"),
        section=row.get("industry", "C"),
        size_class=row.get("size", "small"),
        dishonest_since=tuple(row.get("dishonest", ())),
    )


def facts(example: WorkedExample, entry: Entry) -> dict[str, FactValue]:
    unit = UNITS[example.content["unit"]]
    declared = {fact.name: fact for fact in kind_of(entry["kind"]).facts}
    written = entry.get("facts", {})
    assert written.keys() == declared.keys(), (example.name, entry["kind"], written.keys() ^ declared.keys())
    return {name: _fen(value, unit) if declared[name].type == "money" else value for name, value in written.items()}


def _fen(written: str, unit: int) -> int:
    exact = Decimal(written) * unit * 100
    assert exact == int(exact)
    return parse_yuan(written) * unit if unit == 1 else int(exact)


@dataclass
class Played:
    """The events of one file in their order, each held against what was awarded before."""

    example: WorkedExample
    granted: dict[str, list[GrantedAward]] = field(default_factory=dict)

    def decisions(self) -> Iterator[tuple[Entry, AwardDecision]]:
        shipped = book()
        policies = decided(self.example, shipped)
        for entry in self.example.content["event"]:
            used = shipped if entry.get("before_decision") else policies
            event = AwardEvent(
                kind=entry["kind"],
                beneficiary=beneficiary(self.example, entry["firm"]),
                day=entry["day"],
                facts=facts(self.example, entry),
                document=entry.get("document", ""),
            )
            earlier = self.granted.setdefault(entry["firm"], [])
            decision = decide(event, earlier, used, on=entry.get("on", ON))
            yield entry, decision
            if entry.get("granted", True):
                earlier += grants(decision)


def grants(decision: AwardDecision) -> list[GrantedAward]:
    """The lines of an accepted decision, as later decisions see them."""
    return [
        GrantedAward(
            line.scheme, line.once_key, decision.event.day, line.amount or 0, decision.event.document, line.period
        )
        for line in decision.due_lines
    ]


def award_examples() -> list[WorkedExample]:
    return [example for example in examples() if "event" in example.content]
