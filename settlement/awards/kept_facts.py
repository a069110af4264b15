"""Stated facts as a claim keeps them: canonical JSON, money in fen, days as `YYYY-MM-DD`; read back as the kind declares."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from kernel.audit.chain import canonical
from settlement.event_awards import AwardFact, AwardKind, FactValue


def kept(facts: Mapping[str, FactValue]) -> str:
    """The facts as text."""
    return canonical({name: value.isoformat() if isinstance(value, date) else value for name, value in facts.items()})


def facts_of(kind: AwardKind, text: str) -> dict[str, FactValue]:
    """The facts of a kept text; every declared one is there."""
    written = json.loads(text)
    return {fact.name: _read(fact, written[fact.name]) for fact in kind.facts}


def _read(fact: AwardFact, written: Any) -> FactValue:
    if fact.type == "day":
        return date.fromisoformat(written)
    value: FactValue = written
    return value
