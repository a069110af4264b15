"""Where trailing revenue points, as officials write it in `cases/outlooks.toml`, added up in the books."""

import tomllib
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from sqlmodel import Session

from matchmaking.pool.outlook import UNKNOWN, month_before
from matchmaking.pool.radar import outlooks
from tests.matchmaking.pool.town import HERE, TODAY, WAN, CountyTown, county_town, factory, filed, rules

CASES = tomllib.loads((Path(__file__).parent / "cases" / "outlooks.toml").read_text("utf-8"))["case"]
LAST = date(2022, 9, 1)
NOTHING_SAID = (UNKNOWN, Fraction(0))  # of a firm without a month on file


@pytest.fixture
def town(db: Session) -> CountyTown:
    return county_town(db)


def lines(code: str, months: list[int], last: date = LAST) -> list[str]:
    return [f"{code},{month_before(last, back):%Y-%m},{wan}0000.00" for back, wan in enumerate(months)]


def test_each_firm_points_where_an_official_says(db: Session, town: CountyTown) -> None:
    firms = [(factory(db, f"{number}号机械厂"), case) for number, case in enumerate(CASES)]
    filed(db, town.here, *(line for party, case in firms for line in lines(party.code, case["months"])))
    seen = outlooks(db, [HERE], rules(), TODAY)
    found = {
        case["title"]: (one.kind, one.yearly) if (one := seen.get(party.id or 0)) else NOTHING_SAID
        for party, case in firms
    }
    assert found == {case["title"]: (case["outlook"], Fraction(case["yearly_wan"] * WAN)) for case in CASES}


def test_the_window_ends_with_the_last_month_on_file_and_the_months_before_it_count_no_more(
    db: Session, town: CountyTown
) -> None:
    early, long_ago, theirs = factory(db, "早报的厂"), factory(db, "久不报的厂"), factory(db, "叶城厂", region="410422")
    filed(
        db,
        town.here,
        *lines(early.code, [100] * 12 + [900], date(2022, 7, 1)),
        *lines(long_ago.code, [1], date(2020, 1, 1)),
    )
    filed(db, town.there, *lines(theirs.code, [100] * 3))
    seen = outlooks(db, [HERE], rules(), TODAY)
    assert set(seen) == {early.id}
    one = seen[early.id or 0]
    assert (one.last, one.months, one.revenue) == (date(2022, 7, 1), 12, 1200 * WAN)


def test_the_running_month_does_not_count(db: Session, town: CountyTown) -> None:
    party = factory(db)
    filed(db, town.here, *lines(party.code, [1, 1, 1]))
    seen = outlooks(db, [HERE], rules(), date(2022, 9, 30))
    one = seen[party.id or 0]
    assert (one.last, one.months, one.revenue) == (date(2022, 8, 1), 2, 2 * WAN)
