"""A what-if runs a copy of the policies beside those in force, over the very facts of the statements, and leaves the books alone."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from config.app import create_app
from config.settings import Settings
from kernel import database
from kernel.errors import DomainError, Invalid, NotFound, Refused
from kernel.periods import Quarter
from settlement.readings.differences import Change
from settlement.readings.explaining import explain
from settlement.readings.outcomes import OutcomeStore
from settlement.readings.what_if import WhatIf, WhatIfResult, read_change, read_what_if, run_what_if
from settlement.unfinished import NotFinished
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan, make_floor
from tests.settlement.readings.books_digest import books_digest

Q1, BASE = Quarter(2022, 1), Quarter(2021, 4)
TODAY = date(2022, 10, 20)
RATE = "growth-reward.rate:2022-04-01..2023-06-30=2%"


def _fill(floor: Floor) -> Floor:
    """Two banks in two places; the first dips in the second quarter, and has a client of exactly ten million and one outside."""
    balances = {BASE: 4_000_000_00, Q1: 4_400_000_00, Q2: 4_200_000_00, Q3: 4_500_000_37}
    _file(floor, floor.bank, {quarter: fen - 1_500_000_00 for quarter, fen in balances.items()}, more=True)
    for quarter, fen in balances.items():
        floor.certify_balance(fen, quarter)
    other = floor.another_bank()
    _file(floor, other, {BASE: 100_000_00, Q1: 100_000_00, Q2: 150_000_00, Q3: 150_000_00}, more=False)
    return floor


@pytest.fixture(scope="module")
def city(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """The two banks, filled once for all tests that only look."""
    folder = tmp_path_factory.mktemp("what-if")
    (folder / "yinqi.db").write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(data_dir=folder, secret_key="a key for tests that nobody else uses, 40+", testing=True))
    with app.app_context():
        yield _fill(make_floor(app, database.current(), folder))
        database.books.engine.dispose()


def _file(floor: Floor, bank: Bank, balances: dict[Quarter, int], *, more: bool) -> None:
    for quarter, fen in balances.items():
        rows = [loan(1, balance=f"{fen // 100}.{fen % 100:02d}")]
        if more:
            rows += [
                loan(2, credit_line="10000000.00", balance="1000000.00"),
                loan(3, region="outside", balance="500000.00"),
            ]
        floor.certify(floor.file(rows, quarter, bank), bank)


def run(floor: Floor, *changes: str, quarters: tuple[Quarter, ...] = ()) -> WhatIfResult:
    what_if = read_what_if(floor.premises.book, changes, quarters, today=TODAY)
    return run_what_if(floor.db, what_if, premises=floor.premises, store=store(floor), today=TODAY)


def store(floor: Floor) -> OutcomeStore:
    return OutcomeStore(floor.folder / "what-if")


def test_every_amount_before_and_after_by_quarter_institution_county_and_payer(city: Floor) -> None:
    found = run(city, RATE).chosen
    assert found.by_quarter() == {
        Q1: Change(4_000_00, 4_000_00),
        Q2: Change(500_00, 1_000_00),
        Q3: Change(3_000_00, 6_000_01),
    }
    assert found.total == Change(7_500_00, 11_000_01)
    rows = [(row.name, row.region, row.total) for row in found.by_beneficiary()]
    assert rows == [
        ("沙河农村商业银行", "410411", Change(7_000_00, 10_000_01)),
        ("香山农村商业银行", "410421", Change(500_00, 1_000_00)),
    ]
    assert found.by_region() == {"410411": Change(7_000_00, 10_000_01), "410421": Change(500_00, 1_000_00)}
    assert found.by_payer() == {
        "410411": Change(3_500_00, 5_000_00),
        "410421": Change(500_00, 1_000_00),
        "city": Change(3_500_00, 5_000_01),
    }


def test_nothing_of_a_what_if_touches_the_books(city: Floor) -> None:
    before = books_digest(city.db)
    run(city, RATE)
    run(city, "growth-reward.borrower_area:2021-12-31..=in_city")
    assert books_digest(city.db) == before


def test_the_highest_so_far_does_not_pay_a_rebound_twice(city: Floor) -> None:
    found = run(city, "growth-reward.basis:2022-01-01..=high_water_mark").chosen
    assert found.by_quarter()[Q3] == Change(3_000_00, 1_000_00)
    assert found.changed_quarters() == (Q3,)


def test_the_earlier_quarters_that_would_change_are_named(city: Floor) -> None:
    result = run(city, "growth-reward.rate:2022-01-01..2023-06-30=2%", quarters=(Q3,))
    assert (result.what_if.quarters, result.earlier_quarters) == ((Q3,), (Q1, Q2))
    assert result.earlier.by_quarter() == {Q1: Change(4_000_00, 8_000_00), Q2: Change(500_00, 1_000_00)}
    assert run(city, RATE, quarters=(Q2,)).earlier_quarters == ()


def test_who_pays_changes_though_no_amount_does(city: Floor) -> None:
    found = run(city, "fiscal-shares.inner_regions:2022-01-01..=410402,410403").chosen
    assert found.total.difference == 0
    assert found.by_payer()["410411"] == Change(3_500_00, 7_000_00)
    assert found.changed_quarters() == (Q1, Q3)
    tool = run(city, "growth-reward.payer:2022-01-01..=central_bank_tool").chosen
    assert tool.by_payer()["central_bank"] == Change(0, 7_500_00)
    assert tool.by_payer()["city"] == Change(3_500_00, 0)


def test_deducting_the_central_banks_money_leaves_nothing(city: Floor) -> None:
    assert run(city, "growth-reward.central_bank_deduction:2022-01-01..=yes").chosen.total == Change(7_500_00, 0)


def test_a_fall_taken_back_is_a_negative_amount_shared_like_an_award(city: Floor) -> None:
    found = run(city, "growth-reward.falling_quarter:2022-01-01..=takes_back").chosen
    assert found.by_quarter()[Q2] == Change(500_00, -1_500_00)
    assert found.by_payer()["city"] == Change(3_500_00, 2_500_00)


def test_a_certified_balance_moves_with_the_definition_by_what_the_return_moves(city: Floor) -> None:
    """The client outside and the client of exactly ten million stay the same, so only the levels move: no growth changes."""
    for change in (
        "growth-reward.borrower_area:2021-12-31..=in_city",
        "growth-reward.credit_line_limit_inclusive:2021-12-31..=no",
    ):
        assert run(city, change).chosen.total == Change(7_500_00, 7_500_00)


def test_a_quarter_without_a_rate_is_told_and_pays_nothing(city: Floor) -> None:
    found = run(city, "growth-reward.rate:2022-01-01..2022-03-31=").chosen
    assert found.by_quarter()[Q1] == Change(4_000_00, 0)
    assert [(one.quarter, one.scheme) for one in found.after.silent] == [(Q1, "growth-reward")]
    assert "没有值" in found.after.silent[0].why.zh


def test_on_either_database_the_facts_of_the_day_are_what_counts(floor: Floor) -> None:
    """A corrected return, and a bank that has filed nothing: its amounts are in no sum."""
    _fill(floor)
    rows = [loan(1, balance="3000000.37"), loan(3, region="outside", balance="500000.00")]
    floor.certify(floor.file(rows, Q3))
    without = run(floor, "growth-reward.credit_line_limit_inclusive:2021-12-31..=no").chosen
    assert (
        without.by_quarter()[Q3].after == 13_000_00
    )  # certified 4,500,000.37, against 4,200,000.00 less the client of ten million
    floor.another_bank("新来农村商业银行", "410422")
    before = books_digest(floor.db)
    found = run(floor, RATE).chosen
    assert found.total == Change(7_500_00, 11_000_01)
    assert len(found.unknown()) == 3
    assert found.by_region()["410422"] == Change(None, None)
    assert books_digest(floor.db) == before


def test_a_run_that_is_broken_off_goes_on_where_it_stopped(city: Floor) -> None:
    what_if = read_what_if(city.premises.book, [RATE], [], today=TODAY)
    fresh = OutcomeStore(city.folder / "broken-off")
    done: list[tuple[int, int]] = []

    def after(number: int) -> Iterator[bool]:
        yield from [False] * number
        while True:
            yield True

    for _attempt in range(20):
        ticks = after(2)
        try:
            run_what_if(
                city.db,
                what_if,
                premises=city.premises,
                store=fresh,
                today=TODAY,
                is_time_up=lambda ticks=ticks: next(ticks),  # type: ignore[misc]
            )
        except NotFinished as error:
            done.append((error.done, error.whole))
        else:
            break
    assert done == [(2, 12), (4, 12), (6, 12), (8, 12), (10, 12)]


def test_a_second_run_computes_nothing_and_a_damaged_store_is_worked_out_anew(city: Floor) -> None:
    told: list[tuple[int, int]] = []
    first = run(city, RATE)
    what_if = read_what_if(city.premises.book, [RATE], [], today=TODAY)

    def again() -> WhatIfResult:
        return run_what_if(
            city.db,
            what_if,
            premises=city.premises,
            store=store(city),
            today=TODAY,
            told=lambda done, whole: told.append((done, whole)),
        )

    assert again().chosen.changes == first.chosen.changes
    assert told == []
    for path in (city.folder / "what-if").rglob("*.json"):
        path.write_text(path.read_text().replace("400000", "500000"))
    assert again().chosen.changes == first.chosen.changes
    assert told != []


def test_a_figure_explains_itself_down_to_parameter_and_document(city: Floor) -> None:
    what_if = read_what_if(city.premises.book, [RATE], [], today=TODAY)
    code = city.bank.party.code
    found = explain(city.db, what_if, scheme="growth-reward", code=code, quarter=Q3, premises=city.premises)
    assert (found.before.amount, found.after.amount, found.difference) == (3_000_00, 6_000_01, 3_000_01)
    assert [line.zh for line in found.before.lines] == [
        "(4,500,000.37 − 4,200,000.00) × 1% = 3,000.0037，四舍五入到分是 3,000.00"
    ]
    assert [line.zh for line in found.after.lines] == [
        "(4,500,000.37 − 4,200,000.00) × 2% = 6,000.0074，四舍五入到分是 6,000.01"
    ]
    (change,) = found.changes
    assert [(one.shown.zh, one.reference) for one in change.instead_of] == [("1%", "平政办〔2022〕15号 三")]
    assert found.clause is not None
    assert found.clause["quote"].startswith("从2022年到2023年6月底")
    with pytest.raises(NotFound):
        explain(city.db, what_if, scheme="growth-reward", code="nobody", quarter=Q3, premises=city.premises)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("rate=2%", Refused),
        ("growth-reward.rate=2%", Refused),
        ("growth-reward.rate:2022-13-01=2%", Refused),
        ("growth-reward.rate:2022-04-01..2022-03-31=2%", Invalid),
        ("growth-reward.rate:2022-04-01=much", Invalid),
        ("growth.rate:2022-04-01=2%", NotFound),
        ("growth-reward.rates:2022-04-01=2%", NotFound),
        ("growth-reward.rate:2022-04-01=" + "1" * 401, Refused),
    ],
)
def test_what_is_no_change_is_refused(city: Floor, text: str, refusal: type[DomainError]) -> None:
    with pytest.raises(refusal):
        read_change(city.premises.book, text)


def test_at_most_twelve_changes_and_only_quarters_that_are_over(city: Floor) -> None:
    book = city.premises.book
    with pytest.raises(Refused):
        read_what_if(book, [RATE] * 13, [], today=TODAY)
    found: WhatIf = read_what_if(book, [RATE], [Quarter(2022, 4), Q2], today=TODAY)
    assert found.quarters == (Q2,)
    assert read_what_if(book, [RATE], [], today=TODAY).quarters == (Q1, Q2, Q3)


def test_the_store_forgets_nothing_it_was_told(tmp_path: Path) -> None:
    assert OutcomeStore(tmp_path).get("0" * 64) is None
