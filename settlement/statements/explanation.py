"""What every statement's explanation has, whatever the scheme: clauses and parameters with their documents, as plain values.

Rates and exact parts are text (`0.01`, `1/2`), money is fen, days are `YYYY-MM-DD`, texts are `[Chinese, English]`. The SHA-256 of the
whole as canonical JSON is the statement's digest: what later hands sign.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from kernel.audit.chain import canonical
from kernel.bilingual import Text
from kernel.policies import Clause, Parameter, Scheme, Value
from settlement.fiscal_shares import Share


def as_json(explanation: Mapping[str, Any]) -> tuple[str, str]:
    """The canonical JSON and its SHA-256."""
    content = canonical(explanation)
    return content, hashlib.sha256(content.encode()).hexdigest()


def day_told(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def text_told(text: Text | None) -> list[str] | None:
    return None if text is None else [text.zh, text.en]


def clause_told(clause: Clause) -> dict[str, Any]:
    """A clause of the notice: its number in the register, place, sentence and reference."""
    return {
        "number": clause.number,
        "place": text_told(clause.place),
        "quote": clause.quote,
        "reference": clause.reference,
    }


def parameters_told(scheme: Scheme, day: date) -> list[dict[str, Any]]:
    """Every value of a scheme that holds on the day, with its document."""
    return [_parameter(scheme.parameter(name), value) for name, value in scheme.values(day).items()]


def _parameter(parameter: Parameter, value: Value) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "title": text_told(parameter.title),
        "shown": text_told(parameter.shown(value.value)),
        "since": day_told(value.since),
        "until": day_told(value.until),
        "reference": value.reference,
        "origin": value.origin,
        "note": text_told(value.note),
        "quote": value.quote,
    }


def shares_told(shares: Iterable[Share]) -> list[dict[str, Any]]:
    """Who bears what: payer, exact part, fen."""
    return [{"payer": share.payer, "part": str(share.part), "amount": share.amount} for share in shares]
