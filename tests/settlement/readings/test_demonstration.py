"""The 2 % rate from the second quarter on, and the highest so far, over six quarters of the demonstration: the differences that the
service finds are those of a second computation, written here by hand from the city's own files, with fractions."""

import csv
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

import pytest
from flask import Flask

from config.app import create_app
from config.demonstration.city import write_city
from config.demonstration.loading import returns
from config.demonstration.loading.city import steps
from config.demonstration.loading.tables import rows
from config.settings import Settings
from kernel import database
from kernel.clock import SHANGHAI
from kernel.money import parse_yuan
from kernel.periods import Quarter
from settlement.certified_balances.service import Figure, record_balance
from settlement.handed_over import policy_book, premises
from settlement.readings.outcomes import OutcomeStore
from settlement.readings.what_if import WhatIfResult, read_what_if, run_what_if
from tests.conftest import READ_HERE
from tests.seeds import is_full
from tests.settlement.readings.books_digest import books_digest

PRESENT = returns.moment(Quarter(2023, 2), 32, 9)
BASE = Quarter(2021, 4)
SIX = tuple(Quarter(2022, 1).through(Quarter(2023, 2)))
Amounts = dict[tuple[str, Quarter], int]


class Demonstration(NamedTuple):
    """The service with every loan return and certified balance of the city in its books, and the city's files."""

    app: Flask
    city: Path


@pytest.fixture(scope="module")
def demonstration(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    folder = tmp_path_factory.mktemp("demonstration")
    (folder / "yinqi.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(data_dir=folder, demonstration=True, testing=True))
    if not is_full():
        app.extensions["intake"] = READ_HERE
    city = folder / "city"
    write_city(city)
    for step in steps(app, city, present=PRESENT):
        if _is_loaded(step.title, [str(one) for one in getattr(step.run, "args", ())]):
            step.run()
    _load_late(app, city)
    yield Demonstration(app, city)
    with app.app_context():
        database.books.engine.dispose()


def _is_loaded(title: str, places: list[str]) -> bool:
    """Who is who, loan returns and certified balances: all that the growth reward rests on."""
    wanted = ("offices", "institutions", "enterprises", "people", "returns", "balances")
    return title.endswith(wanted) and not any("guarantees" in place for place in places)


def _load_late(app: Flask, city: Path) -> None:
    """The return and the figures that came after the review."""
    for path in sorted((city / "late").glob("*_loans.*")):
        returns.file_and_certify(app, path, Quarter.parse(path.stem.split("_")[1]))
    with app.app_context():
        db, officer = database.current(), returns.person(database.current(), "central_bank_officer")
        figures = [
            Figure(one["institution_code"], Quarter.containing(day), parse_yuan(one["balance"]), one["document"])
            for one in rows(city / "certified-late.csv")
            for day in [date.fromisoformat(one["date"])]
        ]
        for figure in figures:
            database.write(
                db,
                lambda db, figure=figure: record_balance(  # type: ignore[misc]
                    db, officer, figure, book=policy_book(), at=PRESENT, today=PRESENT.date()
                ),
            )


def found(demonstration: Demonstration, change: str) -> tuple[WhatIfResult, str, str]:
    """The service's own answer, and the digest of its books before and after."""
    today = PRESENT.astimezone(SHANGHAI).date()
    with demonstration.app.app_context():
        db, places = database.current(), premises()
        before = books_digest(db)
        what_if = read_what_if(places.book, [change], SIX, today=today)
        store = OutcomeStore(demonstration.city.parent / "what-if")
        result = run_what_if(db, what_if, premises=places, store=store, today=today)
        return result, before, books_digest(db)


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def by_hand(city: Path, *, second_rate: Fraction = Fraction(1, 100), highest: bool = False) -> Amounts:
    """Fen by institution and quarter: 1 % in the first quarter, `second_rate` after it, of the growth of the certified balance."""
    certified = {
        (one["institution_code"], date.fromisoformat(one["date"])): Fraction(one["balance"]) * 100
        for name in ("certified.csv", "certified-late.csv")
        for one in _table(city / name)
    }
    banks = {one["institution_code"]: one for one in _table(city / "institutions.csv")}
    amounts: Amounts = {}
    for code, bank in banks.items():
        since, until = bank["local_legal_person_from"], bank["local_legal_person_until"]
        if not since or bank["kind"] in {"guarantor", "re_guarantor"}:
            continue
        for number, quarter in enumerate(SIX):
            day = quarter.last_day
            if until and day >= date.fromisoformat(until):
                continue
            ends = [BASE.last_day, *(one.last_day for one in SIX[: number + 1])]
            line = [_balance(code, end, day, banks, certified) for end in ends]
            reference = max(line[:-1]) if highest else line[-2]
            rate = Fraction(1, 100) if number == 0 else second_rate
            amounts[code, quarter] = int(max(Fraction(0), line[-1] - reference) * rate + Fraction(1, 2))
    return amounts


def _balance(
    code: str, end: date, seen_from: date, banks: dict[str, dict[str, str]], certified: dict[tuple[str, date], Fraction]
) -> Fraction:
    """A bank's certified balance, with those of the banks it has taken over while they were still there."""
    total = certified[code, end]
    for other, bank in banks.items():
        gone = bank["local_legal_person_until"]
        if bank["successor_code"] == code and gone and end < date.fromisoformat(gone) <= seen_from:
            total += certified[other, end]
    return total


@pytest.mark.parametrize(
    ("change", "options"),
    [
        ("growth-reward.rate:2022-04-01..2023-06-30=2%", {"second_rate": Fraction(2, 100)}),
        ("growth-reward.basis:2022-01-01..=high_water_mark", {"highest": True}),
    ],
    ids=["two per cent", "highest so far"],
)
def test_the_differences_are_those_of_a_second_computation(
    demonstration: Demonstration, change: str, options: dict[str, object]
) -> None:
    result, before, after = found(demonstration, change)
    present, changed = by_hand(demonstration.city), by_hand(demonstration.city, **options)  # type: ignore[arg-type]
    assert len(present) > 50
    service = {(code, quarter): one for (_, quarter, code), one in result.chosen.changes.items()}
    assert {key: one.before for key, one in service.items()} == present
    assert {key: one.after for key, one in service.items()} == changed
    assert result.chosen.total.difference == sum(changed.values()) - sum(present.values()) != 0
    assert sum(one.difference or 0 for one in result.chosen.by_payer().values()) == result.chosen.total.difference
    assert after == before
