"""A change of the policies and the quarters it touches: what an earlier quarter's amounts do not rest on leaves its bytes alone."""

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from settlement.compare_commands import compare_policies
from tests.settlement.filed.city import ONE, POLICIES, THREE, TWO, City, loans

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


def settled_under(city: City, file: str, changes: tuple[tuple[str, str], ...], quarter: str = "2022Q1") -> Result:
    """A quarter settled under the city's policies after some changes of one file."""
    folder = city.folder / "policies"
    shutil.copytree(POLICIES, folder)
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return city.settle(quarter, "--policies", str(folder))


def test_a_clause_that_ended_pays_nothing_though_its_rate_runs_on(city: City) -> None:
    for quarter in ("2023Q4", "2024Q1"):
        city.file(ONE, quarter, loans("40000000.00"))
    runs_on = (RATE, RATE.replace("until = 2023-06-30\n", ""))
    result = settled_under(city, "growth-reward.toml", (runs_on,), "2024Q1")
    assert result.exit_code == 1
    assert "2024-03-31 已晚于截止日" in result.output
    assert list(city.written()) == ["errors.csv"]


def test_a_clause_that_is_extended_pays_on(city: City) -> None:
    for code in (ONE, TWO):
        for quarter in ("2023Q2", "2023Q3"):
            city.file(code, quarter, loans("40000000.00"))
    changes = (
        ("valid_until = 2023-06-30", "valid_until = 2023-12-31"),
        (RATE, RATE.replace("2023-06-30", "2023-12-31")),
    )
    result = settled_under(city, "growth-reward.toml", changes, "2023Q3")
    assert result.exit_code == 0, result.output


def test_the_shares_name_the_central_banks_tool_where_it_pays(city: City) -> None:
    decided = """
[[parameters.payer.values]]
since = 2022-01-01
value = "central_bank_tool"
reference = "平财金〔2022〕9号"
origin = "rule"

[parameters.central_bank_deduction]
"""
    change = ("\n[parameters.central_bank_deduction]\n", decided)
    assert settled_under(city, "growth-reward.toml", (change,)).exit_code == 0
    shares = {(row["institution_code"], row["payer"]): row["amount"] for row in city.table("shares.csv")}
    assert shares == {(ONE, "central_bank"): "666666.78", (TWO, "central_bank"): "0.00"}


def test_successors_that_go_round_in_a_circle_are_refused(city: City) -> None:
    city.institutions[0]["successor_code"] = THREE
    city.add(THREE, "丙农商行", "410411", successor_code=TWO)
    city.institutions[1]["successor_code"] = ONE
    city.add("91410425MA0000049B", "丁农商行", "410425", successor_code=ONE)
    assert city.settle().exit_code == 1
    told = [row for row in city.table("errors.csv") if row["severity"] == "error"]
    assert [(row["row"], row["column"], row["rule"]) for row in told] == [
        (number, "successor_code", "successor_cycle") for number in ("2", "3", "4")
    ]
    assert f"{ONE} → {THREE} → {TWO} → {ONE}" in told[0]["message_zh"]


def compared(city: City, changes: tuple[tuple[str, str], ...]) -> str:
    """What the command says of the policies before and after some changes of the growth reward's file."""
    folder = Path(shutil.copytree(POLICIES, city.folder / "changed", dirs_exist_ok=True))
    path = folder / "growth-reward.toml"
    text = (POLICIES / path.name).read_text(encoding="utf-8")
    for old, new in changes:
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    given = ["--before", str(POLICIES), "--after", str(folder), "--returns", str(city.folder / "returns")]
    result = CliRunner().invoke(
        compare_policies, [*given, "--institutions", str(city.folder / "institutions.csv")], catch_exceptions=False
    )
    return result.output


def test_a_change_is_listed_by_quarter_and_amount(city: City) -> None:
    assert compared(city, FOR_THE_FUTURE["a value from 2023-04-01"]) == "2022Q1：没有变化 / unchanged\n"
    said = compared(city, FOR_THIS_QUARTER["another rate"]).splitlines()
    assert said == [
        "2022Q1：1 家有变化，合计 666,666.78 元 / 1 change, 666,666.78 yuan",
        f"  {ONE}  666,666.78 → 1,333,333.56（666,666.78）",
    ]
    assert "规则有变化，金额不变" in compared(city, FOR_THIS_QUARTER["another document for the same rate"])
