"""From a sum back to its rows, and from one quarter end to the next."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from settlement.engine.definition import Reason, definition_in_force
from settlement.engine.machines import connect, rows_of_return
from settlement.engine.moves import Move, QuarterRows, migration
from settlement.engine.statement import statement
from settlement.engine.sums import ReturnSums, reconcile, sums_from_rows
from settlement.engine.trace import Trace
from tests.seeds import seeded
from tests.settlement import oracle
from tests.settlement.tapes import write_tape
from tests.settlement.worked_examples import book

DEFINITION = definition_in_force(book(), date(2022, 3, 31))
WAN = 1_000_000
Loans = Sequence[Mapping[str, Any]]


def _sums(tape: Path) -> ReturnSums:
    asked = statement(DEFINITION)
    with connect(threads=1) as connection:
        return sums_from_rows(asked, rows_of_return(connection, asked.text, tape))


def _trace(tmp_path: Path, loans: Loans) -> Trace:
    tape = write_tape(tmp_path / "return.parquet", loans)
    return Trace(tape, _sums(tape), DEFINITION, connect(threads=1))


def _quarter(path: Path, loans: Loans) -> QuarterRows:
    tape = write_tape(path, loans)
    return QuarterRows((tape,), (_sums(tape),))


def test_pages_of_every_reason_together_are_the_whole_return(tmp_path: Path) -> None:
    pick = seeded()
    loans = [loan for _ in range(20) for loan in oracle.random_return(pick, [])]
    trace = _trace(tmp_path, loans)
    found = reconcile(trace.sums, DEFINITION)
    rows = []
    for reason in Reason:
        page = trace.page(reason, limit=1000)
        assert (page.total, page.balance) == (found.of(reason).loans, found.of(reason).balance)
        assert (len(page.rows), sum(row.balance for row in page.rows)) == (page.total, page.balance)
        rows += page.rows
    assert sorted(row.row for row in rows) == [number + 2 for number in range(len(loans))]


def test_a_reason_opens_by_the_code_that_made_it_hold(tmp_path: Path) -> None:
    kinds = ("bill_discount", "card_overdraft", "purchased", "loan")
    trace = _trace(tmp_path, [{"product_kind": kind, "balance": number + 1} for number, kind in enumerate(kinds)])
    page = trace.page(Reason.PRODUCT_KIND, detail="purchased")
    assert [(row.product_kind, row.balance) for row in page.rows] == [("purchased", 3)]
    assert page.total == 1


def test_a_second_page_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    trace = _trace(tmp_path, [{"borrower_code": f"ID:{number:03d}"} for number in range(7)])
    pages = [trace.page(Reason.ELIGIBLE, offset=offset, limit=3) for offset in (0, 3, 6)]
    assert [row.borrower_code[3:] for page in pages for row in page.rows] == [f"{number:03d}" for number in range(7)]


def test_the_nearest_in_and_out_of_the_limit_are_decided_by_the_line_alone(tmp_path: Path) -> None:
    lines = (1000 * WAN, 1000 * WAN + 1, 999 * WAN, 1200 * WAN, 5 * WAN)
    loans = [{"borrower_name": str(line), "credit_line": line} for line in lines]
    loans.append({"borrower_name": "中型", "credit_line": 1000 * WAN, "borrower_kind": "medium"})
    nearest = _trace(tmp_path, loans).nearest(2)
    assert [row.credit_line for row in nearest.within] == [1000 * WAN, 999 * WAN]
    assert [row.credit_line for row in nearest.beyond] == [1000 * WAN + 1, 1200 * WAN]


def test_borrowers_are_counted_once_and_only_with_a_balance(tmp_path: Path) -> None:
    loans = [{"borrower_code": "ID:1"}, {"borrower_code": "ID:1"}, {"borrower_code": "ID:2"}]
    trace = _trace(tmp_path, [*loans, {"borrower_code": "ID:3", "balance": 0}])
    assert trace.borrowers() == 2


BEFORE = {
    "新": None,
    "长": {"balance": 100},
    "缩": {"balance": 100},
    "清": {"balance": 70},
    "迁入": {"balance": 1000, "credit_line": 1000 * WAN + 1},
    "迁出": {"balance": 2000},
    "一直在外": {"balance": 5, "borrower_kind": "large"},
    "不变": {"balance": 9},
}
AFTER = {
    "新": {"balance": 40},
    "长": {"balance": 130},
    "缩": {"balance": 60},
    "清": {"balance": 0},
    "迁入": {"balance": 1100, "credit_line": 1000 * WAN},
    "迁出": {"balance": 2100, "borrower_kind": "medium"},
    "一直在外": {"balance": 500, "borrower_kind": "large"},
    "不变": {"balance": 9},
}


def _named(borrowers: Mapping[str, Mapping[str, Any] | None]) -> Loans:
    return [{"borrower_code": f"ID:{name}", "borrower_name": name, **loan} for name, loan in borrowers.items() if loan]


def test_clients_that_cross_the_definition_are_told_apart_from_growth(tmp_path: Path) -> None:
    before, after = _quarter(tmp_path / "b", _named(BEFORE)), _quarter(tmp_path / "a", _named(AFTER))
    found = migration(connect(threads=1), before, after, DEFINITION)
    assert {(line.move, line.reason): (line.borrowers, line.change) for line in found.lines} == {
        (Move.NEW, None): (1, 40),
        (Move.GROWN, None): (1, 30),
        (Move.SHRUNK, None): (1, -40),
        (Move.GONE, None): (1, -70),
        (Move.MOVED_IN, Reason.CREDIT_LINE): (1, 1100),
        (Move.MOVED_OUT, Reason.BORROWER_KIND): (1, -2000),
    }
    assert [(one.name, one.move, one.reason, one.change) for one in found.crossed] == [
        ("迁出", Move.MOVED_OUT, Reason.BORROWER_KIND, -2000),
        ("迁入", Move.MOVED_IN, Reason.CREDIT_LINE, 1100),
    ]
    assert (found.crossed[1].line_before, found.crossed[1].line_after) == (1000 * WAN + 1, 1000 * WAN)


def test_the_lines_always_add_up_to_the_change_of_the_eligible_balance(tmp_path: Path) -> None:
    pick = seeded()
    for number in range(15):
        sides = []
        for name in ("before", "after"):
            loans = [loan for _ in range(6) for loan in oracle.random_return(pick, [])]
            named = [{**loan, "borrower_code": f"ID:{pick.randrange(12)}"} for loan in loans]
            sides.append(_quarter(tmp_path / f"{name}{number}", named))
        before, after = (reconcile(side.sums[0], DEFINITION).eligible for side in sides)
        assert migration(connect(threads=1), *sides, DEFINITION).change == after - before


def test_after_a_merger_both_returns_stand_before(tmp_path: Path) -> None:
    one, two = (
        _quarter(tmp_path / "one", [{"balance": 10, "borrower_code": "ID:1"}]),
        _quarter(tmp_path / "two", [{"balance": 5, "borrower_code": "ID:2"}]),
    )
    both = QuarterRows((*one.tapes, *two.tapes), (*one.sums, *two.sums))
    loans = [{"balance": 10, "borrower_code": "ID:1"}, {"balance": 8, "borrower_code": "ID:2"}]
    found = migration(connect(threads=1), both, _quarter(tmp_path / "now", loans), DEFINITION)
    assert [(line.move, line.change) for line in found.lines] == [(Move.GROWN, 3)]


def test_a_what_if_needs_no_rows_but_another_limit_does() -> None:
    asked = statement(DEFINITION).digest
    assert statement(replace(DEFINITION, borrower_kinds=frozenset({"micro"}))).digest == asked
    assert statement(replace(DEFINITION, excluded_product_kinds=frozenset())).digest == asked
    assert statement(replace(DEFINITION, credit_line_limit=500 * WAN)).digest != asked
    assert statement(replace(DEFINITION, credit_line_limit_inclusive=False)).digest != asked


def test_the_digest_of_a_definition_tells_every_reading_apart() -> None:
    readings = [
        DEFINITION,
        replace(DEFINITION, borrower_kinds=frozenset({"micro"})),
        replace(DEFINITION, credit_line_limit=500 * WAN),
        replace(DEFINITION, tests_credit_line=False),
        replace(DEFINITION, in_city_only=True),
    ]
    assert len({one.digest for one in readings}) == len(readings)
    assert definition_in_force(book(), date(2023, 6, 30)).digest == DEFINITION.digest
