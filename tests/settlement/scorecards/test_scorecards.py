"""Scorecards of banks from their certified returns: by service, JSON, page and command, each seeing no more than it may."""

import json
from contextvars import Context
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.parties.models import Institution
from kernel.parties.service import end_status
from kernel.periods import Quarter
from kernel.policies import PolicySilent
from settlement.scorecard_commands import two_increases
from settlement.scorecards.service import assessable_quarters, scorecards
from settlement.two_increases import IndicatorKind, Outcome
from tests.factories import Robot, Visitor, make_token, username_of
from tests.settlement.filing_floor import Q3, Bank, Floor, loan

BASE = Quarter(2021, 4)


def _of_base(number: int, balance: str = "1000000.00", **other: str) -> dict[str, str]:
    return loan(number, balance=balance, start_date="2021-03-01", annual_rate="5.00", **other)


def _two_quarters(floor: Floor, bank: Bank | None = None) -> None:
    """The example of the domain in small: 12 % against 10 %, one borrower fewer."""
    before = [_of_base(1), _of_base(2, "500000.00"), _of_base(3, "8500000.00", borrower_kind="large")]
    after = [
        _of_base(1, "1680000.00", classification="doubtful"),
        _of_base(3, "9320000.00", borrower_kind="large"),
        loan(4, balance="0.00", start_date="2022-02-01"),
    ]
    floor.certify(floor.file(before, BASE, bank), bank)
    floor.certify(floor.file(after, Q3, bank), bank)


def test_the_example_of_the_domain_from_two_certified_returns(floor: Floor) -> None:
    _two_quarters(floor)
    [card] = scorecards(floor.db, floor.operator, Q3, premises=floor.premises)
    growth, borrowers, bad, rate = card.assessed.indicators
    assert (growth.value, growth.against, growth.outcome) == (Fraction(12, 100), Fraction(10, 100), Outcome.MET)
    assert (borrowers.value, borrowers.against, borrowers.outcome) == (1, 2, Outcome.FAILED)
    assert (bad.value, bad.bound, bad.outcome) == (1, Fraction(168, 1100) + Fraction(3, 100), Outcome.FAILED)
    assert (rate.value, rate.against, rate.outcome) == (None, Fraction(5, 100), Outcome.UNDEFINED)
    assert (card.party.name, card.assessed.outcome) == (floor.bank.party.name, Outcome.FAILED)


def test_without_a_return_at_the_base_growth_has_no_answer(floor: Floor) -> None:
    floor.certify(floor.file([loan(1)]))
    [card] = scorecards(floor.db, floor.operator, Q3, premises=floor.premises)
    outcomes = {one.kind: one.outcome for one in card.assessed.indicators}
    assert outcomes == {
        IndicatorKind.LOAN_GROWTH: Outcome.UNDEFINED,
        IndicatorKind.BORROWERS: Outcome.UNDEFINED,
        IndicatorKind.BAD_LOANS: Outcome.MET,
        IndicatorKind.NEW_LOAN_RATE: Outcome.UNDEFINED,
    }


def test_a_return_that_nobody_certified_does_not_count(floor: Floor) -> None:
    floor.file([loan(1)])
    assert scorecards(floor.db, floor.operator, Q3, premises=floor.premises) == []


def test_the_base_of_an_absorbed_bank_counts_with_its_successors(floor: Floor) -> None:
    absorbed = floor.another_bank()
    _two_quarters(floor)
    floor.certify(floor.file([_of_base(7, "500000.00")], BASE, absorbed), absorbed)

    _join(floor, absorbed, date(2022, 9, 30))
    [card] = scorecards(floor.db, floor.operator, Q3, premises=floor.premises)
    assert [party.code for party in card.taken_over] == [absorbed.party.code]
    assert card.assessed.figures[BASE].inclusive.balance == 2_000_000_00
    assert card.assessed.of(IndicatorKind.BORROWERS).against == 3


def test_a_merger_after_the_quarter_is_nothing_to_it(floor: Floor) -> None:
    absorbed = floor.another_bank()
    _two_quarters(floor)
    floor.certify(floor.file([_of_base(7, "500000.00")], BASE, absorbed), absorbed)
    _join(floor, absorbed, date(2022, 10, 1))
    cards = {card.party.code: card for card in scorecards(floor.db, floor.operator, Q3, premises=floor.premises)}
    own = cards[floor.bank.party.code]
    assert (own.taken_over, own.assessed.figures[BASE].inclusive.balance) == ((), 1_500_000_00)
    assert absorbed.party.code in cards


def test_an_institution_sees_its_own_and_the_finance_side_all(floor: Floor) -> None:
    other = floor.another_bank()
    _two_quarters(floor)
    floor.certify(floor.file([loan(1)], Q3, other), other)
    found = {
        name: [card.party.code for card in scorecards(floor.db, caller, Q3, premises=floor.premises)]
        for name, caller in (("own", floor.bank.checker), ("other", other.maker), ("bureau", floor.operator))
    }
    assert found["own"] == [floor.bank.party.code]
    assert found["other"] == [other.party.code]
    assert found["bureau"] == sorted([floor.bank.party.code, other.party.code])
    assert scorecards(floor.db, floor.officer, Q3, premises=floor.premises) == []


def test_a_quarter_before_the_policy_is_refused(floor: Floor) -> None:
    with pytest.raises(PolicySilent):
        scorecards(floor.db, floor.operator, BASE, premises=floor.premises)
    assert assessable_quarters(floor.premises.book, Q3) == [Q3, Quarter(2022, 2), Quarter(2022, 1)]


def test_the_api_gives_exact_fractions_and_rounded_ones(app: Flask, floor: Floor) -> None:
    _use_premises(app, floor)
    _two_quarters(floor)
    robot = Robot(app, make_token(floor.db, floor.bank.maker, "settlement:read"))
    answer = robot.get("/two-increases/2022Q3")
    assert answer.status_code == 200
    [card] = answer.get_json()
    assert (card["institution_code"], card["base_quarter"], card["outcome"]) == (
        floor.bank.party.code,
        "2021Q4",
        "failed",
    )
    told = {one["kind"]: (one["value"], one["bound"], one["exact_value"]) for one in card["indicators"]}
    assert told["loan_growth"] == ("12.0000%", "10.0000%", "3/25")
    assert told["borrowers"] == ("1", "2", "1")
    assert told["new_loan_rate"] == (None, "5.0000%", None)
    assert [one["inclusive"]["balance"] for one in card["figures"]] == ["1500000.00", "1680000.00"]
    assert robot.get("/two-increases/2021Q4").status_code == 422
    assert robot.get("/two-increases/2022Q9").status_code == 404


def test_the_page_shows_each_indicator_beside_its_bound(app: Flask, floor: Floor) -> None:
    _use_premises(app, floor)
    _two_quarters(floor)
    page = Visitor(app, username_of(floor.db, floor.operator)).get("/two-increases/2022Q3").text
    assert floor.bank.party.name in page
    for words in ("12.00%", "不低于 10.00%", "不低于 2", "未达标", "不高于 5.00%", "无法比较"):
        assert words in page
    assert Visitor(app, username_of(floor.db, floor.officer)).get("/two-increases/2022Q3").status_code == 403


def test_the_command_prints_a_table_and_json(app: Flask, floor: Floor) -> None:
    _use_premises(app, floor)
    _two_quarters(floor)
    operator = username_of(floor.db, floor.operator)
    assert "12.0000% ≥ 10.0000% 达标 met" in _run(app, "--quarter", "2022Q3", "--as", operator).output
    told = json.loads(_run(app, "--quarter", "2022Q3", "--as", operator, "--json").output)
    assert [one["outcome"] for one in told] == ["failed"]


def _join(floor: Floor, absorbed: Bank, ended_on: date) -> None:
    """The absorbed bank ends in the floor's own on a day."""

    def join(db: Session) -> None:
        institution = db.exec(select(Institution).where(Institution.party_id == absorbed.party.id)).one()
        institution.successor_id = floor.bank.party.id
        end_status(db, absorbed.party.id or 0, "local_legal_person", ended_on)

    database.write(floor.db, join)


def _use_premises(app: Flask, floor: Floor) -> None:
    """The app keeps its returns where the floor does."""
    app.extensions["settings"] = replace(app.extensions["settings"], data_dir=floor.folder)


def _run(app: Flask, *arguments: str) -> Result:
    def invoke() -> Result:
        options = {"obj": {"make_app": lambda: app}, "catch_exceptions": False}
        return CliRunner().invoke(two_increases, list(arguments), **options)

    return Context().run(invoke)
