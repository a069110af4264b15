"""`yinqi policy` reads the book out for people and for machines."""

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from config.policy_commands import POLICIES, policy
from kernel.policies import PolicyFilesInvalid, UnknownScheme


def run(*arguments: str) -> str:
    result = CliRunner().invoke(policy, arguments, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def run_json(*arguments: str) -> Any:
    return json.loads(run(*arguments, "--json"))


def payable_on(day: str) -> list[int]:
    return [one["number"] for one in run_json("clauses", "--day", day) if one["payable"] is True]


def test_clauses_are_a_list_of_43_objects_with_the_agreed_keys() -> None:
    clauses = run_json("clauses", "--day", "2022-09-30")
    assert [one["number"] for one in clauses] == list(range(1, 44))
    agreed = {"number", "clause", "kind", "scheme", "valid_from", "valid_until", "reference", "payable", "reason"}
    assert all(agreed <= one.keys() for one in clauses)
    reward = clauses[6]
    assert (reward["clause"], reward["kind"], reward["scheme"]) == ("正文 三", "A", "growth-reward")
    assert (reward["valid_from"], reward["valid_until"]) == ("2022-01-01", "2023-06-30")
    assert reward["payable"] is False
    assert reward["reason"].startswith("标准明确，可以计算，还不能付；开付款单前要有文号定下：奖励由央行")
    assert reward["reference"] == "平政办〔2022〕15号 三"
    assert clauses[37]["valid_until"] is None


@pytest.mark.parametrize(
    ("day", "numbers"),
    [
        ("2021-12-31", []),
        ("2022-01-01", [5, 27, 28]),
        ("2022-05-24", [14, 27, 28, 32, 33, 34, 35, 38, 39, 40, 41]),
        ("2023-07-01", [14, 27, 28, 32, 33, 34, 35, 38, 39, 40, 41]),
    ],
)
def test_what_is_payable_depends_on_the_day(day: str, numbers: list[int]) -> None:
    assert payable_on(day) == numbers


def test_the_day_of_the_clauses_is_today_if_left_out() -> None:
    assert run_json("clauses")[0]["day"] == date.today().isoformat()  # noqa: DTZ011 as the command does


def test_texts_are_chinese_unless_english_is_asked_for() -> None:
    assert run_json("clauses")[0]["reason"] == "由税务部门落实，这里只登记"
    assert run_json("clauses", "--lang", "en")[0]["reason"] == "Carried out by the tax authority; only recorded here"
    assert "普惠小微贷款余额增量奖励" in run("list")
    assert "Inclusive-loan growth reward" in run("list", "--lang", "en")


def test_a_scheme_shows_the_values_of_a_day_with_origin_and_reference() -> None:
    shown = run_json("show", "growth-reward", "--day", "2022-09-30")
    values = {one["name"]: one for one in shown["parameters"]}
    rate = values["rate"]
    assert (rate["value"], rate["shown"], rate["origin"]) == ("0.01", "1%", "notice")
    assert (rate["since"], rate["until"]) == ("2022-01-01", "2023-06-30")
    assert values["credit_line_limit"]["value"] == 1_000_000_000
    assert values["borrower_kinds"]["value"] == ["small", "micro", "individual_business", "owner"]
    assert values["payer"]["value"] is None
    assert values["payer"]["missing"] == "奖励由央行普惠小微贷款支持工具承担，还是由市、区财政分担"


def test_a_day_without_a_value_is_shown_as_such() -> None:
    rate = run_json("show", "growth-reward", "--day", "2023-07-01")["parameters"][0]
    assert (rate["name"], rate["value"]) == ("rate", None)
    assert "没有值" in run("show", "growth-reward", "--day", "2023-07-01")


def test_without_a_day_every_dated_value_is_listed() -> None:
    kinds = [one for one in run_json("show", "renewal")["parameters"] if one["name"] == "borrower_kinds"]
    assert [(one["since"], one["until"]) for one in kinds] == [("2014-07-23", "2024-09-23"), ("2024-09-24", None)]


def test_tables_for_people_hold_every_clause_uncut() -> None:
    printed = run("clauses", "--day", "2022-09-30", "--lang", "en")
    assert "zhongyuan-refinancing-award" in printed
    assert "…" not in printed.replace(" …", "")


def test_the_list_gives_each_scheme_its_digest() -> None:
    listed = {one["scheme"]: one for one in run_json("list")}
    assert listed["growth-reward"]["clauses"] == [7]
    assert listed["growth-reward"]["digest"] == run_json("show", "growth-reward")["digest"]
    assert len(listed["growth-reward"]["digest"]) == 64


def test_another_directory_of_policies_can_be_read(tmp_path: Path) -> None:
    with pytest.raises(PolicyFilesInvalid):
        run("list", "--policies", str(tmp_path))
    (tmp_path / "one.toml").write_text('scheme = "one"\ntitle = { zh = "一", en = "One" }\n', encoding="utf-8")
    assert [one["scheme"] for one in run_json("list", "--policies", str(tmp_path))] == ["one"]


def test_an_unknown_scheme_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownScheme, match="growth-reward"):
        run("show", "growth")


def test_the_directory_of_the_settings_is_read_unless_another_is_named(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('scheme = "one"\ntitle = { zh = "一", en = "One" }\n', encoding="utf-8")
    result = CliRunner().invoke(policy, ["list", "--json"], obj={"policies": tmp_path}, catch_exceptions=False)
    assert [one["scheme"] for one in json.loads(result.output)] == ["one"]


def test_a_scheme_that_no_code_computes_is_recorded_but_not_payable(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(POLICIES, tmp_path / "policies"))
    text = (folder / "neeq-listing-award.toml").read_text(encoding="utf-8")
    new = text.replace('scheme = "neeq-listing-award"', 'scheme = "green-loan-award"').replace(
        "number = 33", "number = 44"
    )
    (folder / "green-loan-award.toml").write_text(new, encoding="utf-8")
    told = {one["scheme"]: one for one in run_json("clauses", "--policies", str(folder), "--day", "2022-12-31")}
    assert told["neeq-listing-award"]["payable"] is True
    assert told["green-loan-award"]["payable"] is False
    assert "还没有程序计算" in told["green-loan-award"]["reason"]
