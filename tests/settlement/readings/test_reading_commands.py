"""`yinqi policy …` reads what is in force in the books, `yinqi policy words` the register, `yinqi what-if` a copy."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from config.policy_commands import policy
from config.settings import Settings
from config.words_commands import list_words
from kernel.clock import Clock
from settlement.reading_commands import what_if
from tests.factories import NOW
from tests.settlement.filing_floor import Q2, Q3, Floor, loan
from tests.settlement.readings.desks import Desk


def run(command: Any, settings: Settings, *arguments: str, app: Any = None) -> str:
    handed = {"settings": settings, "policies": settings.policies_dir, "make_app": lambda: app}
    result = CliRunner().invoke(command, arguments, obj=handed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def clauses(settings: Settings, *arguments: str) -> dict[int, dict[str, Any]]:
    listed = json.loads(run(policy, settings, "clauses", "--day", "2022-09-30", "--json", *arguments))
    return {one["number"]: one for one in listed}


def test_all_43_clauses_answer_by_what_the_books_have_decided(desk: Desk, settings: Settings) -> None:
    before = clauses(settings)
    desk.decide(desk.word("payer", "fiscal_shares"))
    desk.decide(desk.word("central_bank_deduction", "not_deducted"))
    desk.decide(desk.setting("rent-subsidy-support", "rate", "30%"))
    after = clauses(settings)
    assert len(after) == 43
    changed = [number for number, one in after.items() if one["payable"] != before[number]["payable"]]
    assert changed == [4, 7]
    assert all(one["reason"] for one in after.values())
    files = clauses(settings, "--policies", str(settings.policies_dir))
    assert {number: one["payable"] for number, one in files.items()} == {n: one["payable"] for n, one in before.items()}
    shown = run(policy, settings, "show", "rent-subsidy-support", "--day", "2022-09-30")
    assert "平财〔2022〕31号" in shown
    assert "决定" in shown


def test_without_books_the_files_stand_alone(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none")
    assert clauses(settings)[4]["payable"] is False
    assert not (tmp_path / "none").exists()


def test_the_register_tells_the_reading_in_use_and_its_document(desk: Desk, settings: Settings) -> None:
    desk.decide(desk.word("basis", "high_water_mark", since=date(2022, 7, 1)))
    listed = json.loads(run(list_words, settings, "--day", "2022-09-30", "--json"))
    words = {one["id"]: one for one in listed}
    assert len(words) == 19
    assert (words["basis"]["in_force"], words["payer"]["in_force"]) == ("high_water_mark", None)
    assert [one["decision"] for one in words["basis"]["values"]] == ["D-0001"]
    assert "✓ 比以往最高" in run(list_words, settings, "--day", "2022-09-30")


@pytest.fixture
def dip(floor: Floor) -> Floor:
    """One bank that grew in the third quarter."""
    for quarter, fen in ((Q2, 4_200_000_00), (Q3, 4_500_000_37)):
        floor.certify(floor.file([loan(1, balance=f"{fen // 100}.{fen % 100:02d}")], quarter))
        floor.certify_balance(fen, quarter)
    return floor


def test_a_what_if_and_the_prices_of_a_word_are_told_by_institution(dip: Floor, app: Flask, settings: Settings) -> None:
    dip.db.rollback()
    app.extensions["clock"] = Clock.starting_at(NOW)
    change = "growth-reward.rate:2022-04-01..2023-06-30=2%"
    said = json.loads(run(what_if, settings, "--change", change, "--quarter", "2022Q3", "--json", app=app))
    assert said["difference"]["total"] == {"before": "3000.00", "after": "6000.01", "difference": "3000.01"}
    assert [one["value"]["zh"] for one in said["changes"]] == ["2%"]
    told = run(what_if, settings, "--change", change, "--quarter", "2022Q3", "--by", "payer", app=app)
    assert "1,500.00" in told
    priced = run(list_words, settings, "--prices", "--word", "odd_fen", "--quarter", "2022Q3", "--json", app=app)
    (word,) = json.loads(priced)["words"]
    assert (word["word"], word["spread"]) == ("odd_fen", "0.00")
