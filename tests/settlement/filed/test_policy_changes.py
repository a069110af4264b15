"""A change of the policies and the quarters it touches: what an earlier quarter's amounts do not rest on leaves its bytes alone."""

import shutil
from pathlib import Path

import pytest

from tests.settlement.filed.city import ONE, POLICIES, TWO, City

RATE = """[[parameters.rate.values]]
since = 2022-01-01
until = 2023-06-30
value = "0.01"
"""
NEXT = """
[[parameters.rate.values]]
since = 2023-04-01
until = 2023-06-30
value = "0.02"
reference = "平政办〔2023〕1号"
origin = "rule"

[parameters.basis]
"""
FOR_THE_FUTURE = {
    "a value from 2023-04-01": ((RATE, RATE.replace("2023-06-30", "2023-03-31")), ("\n[parameters.basis]\n", NEXT)),
    "a later end": ((RATE, RATE.replace("2023-06-30", "2023-12-31")),),
    "a note": (("整六个季度；区间外没有比例，不是零", "六个季度，区间外没有比例"),),
    "a title": (('title = { zh = "比例", en = "Rate" }', 'title = { zh = "奖补比例", en = "Rate" }'),),
}
FOR_THIS_QUARTER = {
    "another rate": ((RATE, RATE.replace('"0.01"', '"0.02"')),),
    "another document for the same rate": (
        ('value = "0.01"\nreference = "平政办〔2022〕15号 三"', 'value = "0.01"\nreference = "平政办〔2022〕16号 一"'),
    ),
}


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City(tmp_path / "city")
    made.file_all()
    return made


def rows_under(city: City, changes: tuple[tuple[str, str], ...]) -> bytes:
    """The statements of 2022Q1 under the city's policies after some changes of the growth reward's file."""
    folder = city.folder / "policies"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(POLICIES, folder)
    path = folder / "growth-reward.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) >= 1, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    result = city.settle("2022Q1", "--policies", str(folder))
    assert result.exit_code == 0, result.output
    return city.written()["statements.csv"]


@pytest.mark.parametrize("change", FOR_THE_FUTURE)
def test_a_change_for_the_future_leaves_the_rows_of_the_past_byte_equal(city: City, change: str) -> None:
    assert rows_under(city, FOR_THE_FUTURE[change]) == rows_under(city, ())


@pytest.mark.parametrize("change", FOR_THIS_QUARTER)
def test_a_change_that_touches_the_quarter_changes_its_digest(city: City, change: str) -> None:
    before, after = rows_under(city, ()), rows_under(city, FOR_THIS_QUARTER[change])
    assert before != after
    assert {row["institution_code"] for row in city.table("statements.csv")} == {ONE, TWO}
