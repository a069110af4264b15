"""Differences as the API and the command line tell them."""

from typing import Any

from settlement.readings.comparing import WordPrices
from settlement.readings.differences import BeneficiaryChange, Change, RunDifference
from settlement.readings.views import ReadWord, SettingChange
from settlement.readings.what_if import WhatIfResult
from settlement.unfinished import NotFinished


def change(one: Change) -> dict[str, Any]:
    return {"before": one.before, "after": one.after, "difference": one.difference}


def _named(groups: dict[Any, Change]) -> list[dict[str, Any]]:
    return [{"key": str(name), **change(one)} for name, one in groups.items()]


def _beneficiary(row: BeneficiaryChange) -> dict[str, Any]:
    return {
        "scheme": row.scheme,
        "code": row.code,
        "name": row.name,
        "region": row.region,
        "total": change(row.total),
        "by_quarter": _named(dict(row.by_quarter)),
    }


def difference(one: RunDifference) -> dict[str, Any]:
    """The whole of a difference; amounts in fen."""
    return {
        "total": change(one.total),
        "by_quarter": _named(one.by_quarter()),
        "by_beneficiary": [_beneficiary(row) for row in one.by_beneficiary()],
        "by_region": _named(one.by_region()),
        "by_payer": _named(one.by_payer()),
        "unknown_amounts": len(one.unknown()),
        "silent": list(one.after.silent),
    }


def prices(one: WordPrices) -> dict[str, Any]:
    """A word with the price of each of its readings."""
    readings = [
        {
            "alternative": each.alternative.id,
            "is_in_force": each.is_in_force,
            "difference": difference(each.difference),
        }
        for each in one.readings
    ]
    return {"word": one.word.id, "spread": one.spread, "readings": readings}


def word(one: ReadWord) -> dict[str, Any]:
    """A word of the register with the reading in force."""
    alternatives = [
        {
            "id": each.id,
            "title": each.title,
            "means": each.means,
            "is_in_force": each.id == one.in_force,
            "only_compared": each.only_compared,
        }
        for each in one.word.alternatives
    ]
    said = {name: getattr(one.word, name) for name in ("id", "title", "question", "decides", "reference", "quote")}
    return {**said, "in_force": one.in_force, "values": one.values, "alternatives": alternatives}


def changed_parameter(one: SettingChange) -> dict[str, Any]:
    """A change with the values it stands in for."""
    return {
        "scheme": one.scheme.id,
        "parameter": one.parameter.name,
        "since": one.setting.since,
        "until": one.setting.until,
        "value": one.shown,
        "instead_of": one.instead_of,
    }


def progress(error: NotFinished | None) -> dict[str, Any]:
    """How far a run has come."""
    if error is None:
        return {"finished": True, "done": 0, "whole": 0}
    return {"finished": False, "done": error.done, "whole": error.whole}


def result(one: WhatIfResult) -> dict[str, Any]:
    """A finished what-if."""
    return {
        "quarters": one.what_if.quarters,
        "difference": difference(one.chosen),
        "earlier_quarters": one.earlier_quarters,
        "earlier": difference(one.earlier),
    }
