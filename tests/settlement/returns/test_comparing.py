"""What a version is compared with: the last certified one, of this quarter or the one before, unless another is asked for."""

import pytest

from kernel.errors import NotFound
from settlement.returns.comparing import comparables, difference_view
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


def kinds(floor: Floor, filed: object) -> list[tuple[str, str, int]]:
    return [(one.kind, one.filed.quarter, one.filed.version) for one in comparables(floor.db, filed)]  # type: ignore[arg-type]


def test_the_last_certified_version_of_the_quarter_comes_first_then_the_version_before(floor: Floor) -> None:
    floor.certify(floor.file([loan(1)]))
    floor.file([loan(1), loan(2)])
    third = floor.file([loan(1), loan(2), loan(3)])
    assert kinds(floor, third) == [("certified", "2022Q3", 1), ("version_before", "2022Q3", 2)]
    view = difference_view(floor.db, floor.bank.checker, third.id or 0, floor.premises.keeping, 1)
    assert (view.older.version, view.difference.added) == (1, 2)
    asked = difference_view(floor.db, floor.bank.checker, third.id or 0, floor.premises.keeping, 1, "version_before")
    assert (asked.older.version, asked.difference.added) == (2, 1)


def test_a_certified_version_is_compared_with_the_one_certified_before_it(floor: Floor) -> None:
    floor.certify(floor.file([loan(1)]))
    second = floor.certify(floor.file([loan(1), loan(2)]))
    assert kinds(floor, second) == [("certified", "2022Q3", 1)]


def test_without_a_certified_version_of_the_quarter_it_is_the_last_quarters(floor: Floor) -> None:
    floor.certify(floor.file([loan(1)], Q2))
    floor.certify(floor.file([loan(1), loan(2)], Q2))
    filed = floor.file([loan(1, balance="2000.00"), loan(3)], Q3)
    assert kinds(floor, filed) == [("last_quarter", "2022Q2", 2)]
    view = difference_view(floor.db, floor.bank.checker, filed.id or 0, floor.premises.keeping, 1)
    assert (view.difference.changed, view.difference.added, view.difference.left_out) == (1, 1, 1)


def test_a_first_version_has_nothing_to_be_compared_with(floor: Floor) -> None:
    floor.file([loan(1)], Q2)  # filed and not certified
    filed = floor.file([loan(1)], Q3)
    assert kinds(floor, filed) == []
    with pytest.raises(NotFound, match="nothing_to_compare"):
        difference_view(floor.db, floor.bank.checker, filed.id or 0, floor.premises.keeping, 1)
