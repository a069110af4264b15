"""The twelve fiscal regions are found by code and by name."""

import pytest

from kernel.regions import OUTSIDE, REGIONS, UnknownRegion, find_region, region


def test_there_are_twelve_regions_with_codes_of_the_city() -> None:
    assert len({one.code for one in REGIONS}) == 12
    assert all(one.code.startswith("4104") and len(one.code) == 6 for one in REGIONS)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("410402", "410402"),
        ("石龙区", "410404"),
        (" 叶县 ", "410422"),
        ("示范区", "410472"),
        ("城乡一体化示范区", "410472"),
        ("ruzhou", "410482"),
    ],
)
def test_a_region_is_found_by_code_or_name(text: str, code: str) -> None:
    assert find_region(text) == region(code)


@pytest.mark.parametrize("text", ["", "410499", "市外", "outside", "新华", "410402X"])
def test_anything_else_is_no_region_of_the_city(text: str) -> None:
    assert find_region(text) is None


def test_an_unknown_code_is_refused_with_the_known_names() -> None:
    with pytest.raises(UnknownRegion, match="汝州市"):
        region("410499")
    assert OUTSIDE not in REGIONS


def test_no_two_regions_share_a_spelling() -> None:
    spellings = [spelling for one in (*REGIONS, OUTSIDE) for spelling in set(one.spellings)]
    assert len(spellings) == len(set(spellings))
