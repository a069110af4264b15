"""The alerts from two certified returns: page, JSON and file for the bureaus, nothing for the banks."""

import pytest
from flask import Flask

from kernel.periods import Quarter
from settlement.squeezes.reading import BankAlerts, alerts_of
from settlement.unfinished import NotFinished
from tests.factories import Visitor, make_bureau, make_person, username_of
from tests.settlement.filing_floor import Q3, Floor, loan

Q2 = Quarter(2022, 2)


@pytest.mark.parametrize("path", ["/loan-squeezes/2022Q3", "/loan-squeezes/2022Q3/alerts.csv"])
def test_a_called_in_loan_is_read_by_the_bureau_and_not_by_a_bank(app: Flask, floor: Floor, path: str) -> None:
    common = {"start_date": "2022-01-10", "maturity_date": "2023-01-10"}
    before = [loan(1, balance="1000000.00", **common), loan(2, balance="500000.00", **common)]
    floor.certify(floor.file(before, Q2))
    floor.certify(floor.file([loan(2, balance="500000.00", **common)], Q3))
    bureau = make_person(floor.db, make_bureau(floor.db, "市金融工作局"), "organiser")
    visitor = Visitor(app, username_of(floor.db, bureau))
    page = visitor.get(path)
    assert page.status_code == 200
    assert ("1000000.00" in page.text) or ("1,000,000" in page.text)
    (bank,) = visitor.send("GET", "/loan-squeezes/2022Q3").json
    assert [(one["kind"], one["cut"]) for one in bank["alerts"]] == [("called_in", "1000000.00")]
    (earlier,) = visitor.send("GET", "/loan-squeezes/2022Q2").json
    assert (earlier["alerts"], earlier["missing"]) == ([], "2022Q1")
    maker = Visitor(app, username_of(floor.db, floor.bank.maker))
    assert maker.get(path).status_code == 403


def test_a_bank_with_many_alerts_shows_its_head_and_all_of_them_on_a_page_of_its_own(app: Flask, floor: Floor) -> None:
    common = {"start_date": "2022-01-10", "maturity_date": "2023-01-10"}
    former = [loan(n, balance=f"{n}000000.00", **common) for n in range(1, 13)]
    floor.certify(floor.file([*former, loan(20, **common)], Q2))
    floor.certify(floor.file([loan(20, **common)], Q3))
    visitor = Visitor(app, username_of(floor.db, make_person(floor.db, make_bureau(floor.db, "人行"), "organiser")))
    code = floor.bank.party.code
    head = visitor.get("/loan-squeezes/2022Q3").text
    assert [f"SH{n:04d}" in head for n in (12, 3, 2)] == [True, True, False]
    assert f"/loan-squeezes/2022Q3/banks/{code}" in head
    second = visitor.get(f"/loan-squeezes/2022Q3/banks/{code}?page=2&per_page=11").text
    assert [f"SH{n:04d}" in second for n in (12, 2, 1)] == [False, False, True]
    assert visitor.get("/loan-squeezes/2022Q3/banks/91410400000000000X").status_code == 404


def test_a_page_leads_to_the_quarters_beside_it_that_are_over_and_that_the_rule_speaks_of(
    app: Flask, floor: Floor
) -> None:
    visitor = Visitor(app, username_of(floor.db, make_person(floor.db, make_bureau(floor.db, "人行"), "organiser")))
    earliest = visitor.get("/loan-squeezes/2022Q2").text
    assert [f'href="/loan-squeezes/2022Q{n}"' in earliest for n in (1, 3)] == [False, True]
    newest = Quarter.containing(app.extensions["clock"].today()).previous
    page = visitor.get(f"/loan-squeezes/{newest}").text
    assert [f'href="/loan-squeezes/{one}"' in page for one in (newest.previous, newest.next)] == [True, False]


def test_new_returns_are_compared_within_a_budget_of_time_and_known_ones_without_a_look_at_it(floor: Floor) -> None:
    common = {"start_date": "2022-01-10", "maturity_date": "2023-01-10"}
    floor.certify(floor.file([loan(1, **common), loan(2, **common)], Q2))
    floor.certify(floor.file([loan(2, **common)], Q3))

    def asked(*is_up: bool) -> list[BankAlerts]:
        looks, premises = iter(is_up), floor.premises
        return alerts_of(floor.db, Q3, keeping=premises.keeping, book=premises.book, is_time_up=lambda: next(looks))

    with pytest.raises(NotFinished) as told:
        asked(True)
    assert (told.value.done, told.value.whole) == (0, 1)
    assert [one.count for one in asked(False)] == [1]
    assert [one.count for one in asked()] == [1]
