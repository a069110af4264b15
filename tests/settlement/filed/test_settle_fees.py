"""`yinqi settle --scheme fee-subsidy`: from a folder of guarantee returns to statements and a line for every contract."""

import csv
import json
from pathlib import Path

import pytest

from kernel.money import parse_yuan
from tests.seeds import seeded
from tests.settlement.filed.city import loans
from tests.settlement.filed.guarantors import BACKED, PRIVATE, Guarantors, contract

OUTPUTS = ["contracts.csv", "errors.csv", "reconciliation.csv", "run.json", "shares.csv", "statements.csv"]


@pytest.fixture
def city(tmp_path: Path) -> Guarantors:
    made = Guarantors(tmp_path / "city").found()
    for quarter in ("2022Q2", "2022Q3"):
        made.file_contracts(BACKED, quarter, contract())
        made.file_contracts(
            PRIVATE, quarter, contract(contract_id="P1", borrower_code="ID:0002", fee_income="100000.00")
        )
    return made


def _lines(city: Guarantors, out: str = "out") -> dict[str, dict[str, str]]:
    return {row["contract_id"]: row for row in city.table("contracts.csv", out)}


def test_a_quarter_of_the_fee_subsidy_is_settled_from_files(city: Guarantors) -> None:
    result = city.settle_fees("2022Q2")
    assert result.exit_code == 0, result.output
    assert list(city.written()) == OUTPUTS
    private, backed = city.table("statements.csv")
    assert {key: value for key, value in backed.items() if not key.endswith("_digest")} == {
        "institution_code": BACKED,
        "name": "甲担保",
        "region": "410402",
        "scheme": "fee-subsidy",
        "quarter": "2022Q2",
        "basis": "fee_gap",
        "reference_balance": "",
        "balance": "",
        "increment": "",
        "rate": "",
        "amount": "3150.68",
        "alternative_basis": "",
        "alternative_amount": "",
        "dip_rebound": "N",
        "held": "Y",
        "hold_reason": "not_adopted",
    }
    assert (private["institution_code"], private["amount"]) == (PRIVATE, "0.00")
    assert len(backed["policy_digest"]) == len(backed["return_digest"]) == 64
    assert [(row["payer"], row["amount"]) for row in city.table("shares.csv") if row["institution_code"] == BACKED] == [
        ("city", "1575.34"),
        ("410402", "1575.34"),
    ]


def test_every_contract_explains_itself(city: Guarantors) -> None:
    city.settle_fees("2022Q3")
    line = _lines(city)["C1"]
    told = ("days", "annualised_amount", "fee_rate", "fee_rate_exact", "gap", "gap_exact", "days_in_force")
    assert {name: line[name] for name in told} == {
        "days": "365",
        "annualised_amount": "5000000.00",
        "fee_rate": "1",
        "fee_rate_exact": "1/100",
        "gap": "0.5",
        "gap_exact": "1/200",
        "days_in_force": "138",
    }
    assert (line["accrued"], line["before"], line["slice"], line["adjustment"]) == (
        "9452.05",
        "3150.68",
        "6301.37",
        "0.00",
    )
    assert line["parameters"] == (
        "fee_ceiling_government_backed=0.01@2022-01-01;benchmark_rate=0.015@2022-01-01;max_points=0.01@2022-01-01"
    )
    assert "5,000,000.00 × 138 ÷ 365 × (1.5% − 1%) = 9,452.05" in line["explanation_zh"]


def test_what_is_left_out_says_why_in_both_languages_and_by_which_document(city: Guarantors) -> None:
    city.file_contracts(
        BACKED, "2022Q2", contract(), contract(contract_id="C2", borrower_code="ID:2", extra_fees="5000")
    )
    city.settle_fees("2022Q2")
    line = _lines(city)["C2"]
    assert (line["exclusions"], line["slice"]) == ("extra_fees", "0.00")
    assert line["explanation_zh"] == "另收其他费用 5,000.00 元"
    assert line["explanation_en"] == "Other fees of 5,000.00 yuan were charged"
    assert line["references"] == "财建〔2021〕106号；河南省2022年申报通知"
    rows = {row["reason"]: row for row in city.table("reconciliation.csv") if row["institution_code"] == BACKED}
    assert (rows["eligible"]["loans"], rows["extra_fees"]["loans"]) == ("1", "1")
    assert sum(parse_yuan(row["balance"]) for row in rows.values()) == 10_000_000_00


def test_a_refund_filed_as_an_event_pays_the_past_as_an_adjustment(city: Guarantors) -> None:
    dear = contract(contract_id="R", borrower_code="ID:3", fee_income="60000.00")
    city.file_contracts(BACKED, "2022Q2", dear)
    city.file_contracts(BACKED, "2022Q3", dear)
    city.file_events(BACKED, "2022Q3", ("R", "2022-08-01", "fee_refund", "10000.00"))
    city.settle_fees("2022Q2", out="second")
    city.settle_fees("2022Q3")
    assert _lines(city, "second")["R"]["exclusions"] == "fee_ceiling"
    line = _lines(city)["R"]
    assert (line["fee_rate"], line["slice"], line["adjustment"]) == ("1", "9452.05", "3150.68")


def test_slices_and_what_stands_beside_them_add_up_to_the_statement(city: Guarantors) -> None:
    many = [
        contract(
            contract_id=f"M{number:03d}", borrower_code=f"ID:M{number:03d}", amount="9999999.99", fee_income="49999.99",
            outstanding="9999999.99", start_date="2022-04-01", end_date="2023-04-01",
        )
        for number in range(120)
    ]  # fmt: skip
    city.file_contracts(BACKED, "2022Q2", *many)
    city.settle_fees("2022Q2")
    rows = [row for row in city.table("contracts.csv") if row["institution_code"] == BACKED]
    statement = next(row for row in city.table("statements.csv") if row["institution_code"] == BACKED)
    assert statement["amount"] == "2000000.00"
    assert sum(parse_yuan(row["slice"]) for row in rows) == parse_yuan(statement["amount"])
    capped = rows[-1]
    assert (capped["contract_id"], capped["parameters"]) == ("", "annual_cap=2000000.00@2022-01-01")
    assert capped["explanation_zh"].endswith("按上限计 2,000,000.00")


def test_the_order_of_rows_and_files_changes_no_byte_of_a_fee_settlement(city: Guarantors) -> None:
    pick = seeded()
    rows = [
        contract(contract_id=f"C{number:03d}", borrower_code=f"ID:{number % 7}", amount=f"{100_000 + number}.00",
                 outstanding=f"{100_000 + number}.00", fee_income=f"{900 + number}.37")
        for number in range(60)
    ]  # fmt: skip
    city.file_contracts(BACKED, "2022Q2", *rows)
    city.file_events(BACKED, "2022Q2", *((f"C{n:03d}", "2022-06-01", "fee_refund", "5.00") for n in range(0, 60, 3)))
    city.settle_fees("2022Q2", out="first")
    city.shuffle(pick)
    city.settle_fees("2022Q2", out="second")
    first, second = city.written("first"), city.written("second")
    for name in ("run.json", "errors.csv"):
        first.pop(name), second.pop(name)
    assert first == second


def test_the_run_record_names_the_events_too(city: Guarantors) -> None:
    city.file_events(BACKED, "2022Q2", ("C1", "2022-06-01", "fee_refund", "1.00"))
    city.settle_fees("2022Q2")
    record = json.loads(city.written()["run.json"])
    assert (record["scheme"], record["engine"], record["formula"]) == ("fee-subsidy", "python", "fee_gap")
    assert {f"{BACKED}_2022Q2_guarantees.csv", f"{BACKED}_2022Q2_guarantee_events.csv"} < set(record["filed"])


def test_a_missing_guarantee_return_leaves_the_amount_empty(city: Guarantors) -> None:
    (city.folder / "returns" / f"{BACKED}_2022Q3_guarantees.csv").unlink()
    assert city.settle_fees("2022Q3").exit_code == 0
    backed = city.table("statements.csv")[1]
    assert (backed["amount"], backed["held"], backed["hold_reason"]) == ("", "Y", "return_missing")


def test_a_bad_contract_refuses_the_whole_input(city: Guarantors) -> None:
    city.file_contracts(BACKED, "2022Q2", contract(end_date="2022-05-16"))
    assert city.settle_fees("2022Q2").exit_code == 1
    assert list(city.written()) == ["errors.csv"]
    wrong = [row["rule"] for row in city.table("errors.csv") if row["severity"] == "error"]
    assert wrong == ["end_not_after_start"]


def test_events_without_their_return_are_refused(city: Guarantors) -> None:
    city.file_events(BACKED, "2022Q1", ("C1", "2022-03-01", "fee_refund", "1.00"))
    assert city.settle_fees("2022Q3").exit_code == 1
    assert [row["rule"] for row in city.table("errors.csv")] == ["events_alone"]


def test_a_guarantee_that_two_guarantors_claim_whole_is_listed_in_both_files(city: Guarantors) -> None:
    city.file_contracts(PRIVATE, "2022Q2", contract(contract_id="OTHER"))
    assert city.settle_fees("2022Q2").exit_code == 0
    rows = [row for row in city.table("errors.csv") if row["rule"] == "guarantee_claimed_twice"]
    assert [(row["file"][:18], row["value"]) for row in rows] == [(PRIVATE, "OTHER"), (BACKED, "C1")]


def test_shares_of_one_guarantee_within_a_hundred_percent_are_fine(city: Guarantors) -> None:
    city.file_contracts(BACKED, "2022Q2", contract(share="60"))
    city.file_contracts(PRIVATE, "2022Q2", contract(contract_id="OTHER", share="40"))
    city.settle_fees("2022Q2")
    assert [row["rule"] for row in city.table("errors.csv")] == []


def test_certified_balances_are_named_as_not_used(city: Guarantors) -> None:
    certified = city.certify((BACKED, "2022-06-30", "1.00"))
    assert city.settle_fees("2022Q2", "--certified", str(certified)).exit_code == 0
    assert [(row["file"], row["rule"]) for row in city.table("errors.csv")] == [("certified.csv", "not_used")]


def test_a_quarter_before_the_scheme_is_refused(city: Guarantors) -> None:
    assert city.settle_fees("2021Q4").exit_code == 1
    assert [row["rule"] for row in city.table("errors.csv")] == ["policy_silent"]


def test_the_screen_says_how_much_waits_and_for_what(city: Guarantors) -> None:
    lines = city.settle_fees("2022Q2").stdout.splitlines()
    assert lines[0] == "2022Q2：2 张结算单，合计 3,150.68 元，其中暂缓 2 张 3,150.68 元，提示 0 条"
    assert lines[1].startswith("  暂缓 not_adopted：2 张 3,150.68 元。还没有采用本办法的文件")
    assert lines[2] == "  承担：市级 1,575.34，新华区 1,575.34"


def test_one_schemes_files_do_not_lie_among_anothers(city: Guarantors) -> None:
    city.settle_fees("2022Q2")
    city.file_all()
    assert city.settle("2022Q1").exit_code == 0
    assert "contracts.csv" not in city.written()


def test_an_error_report_of_a_refused_run_is_gone_after_the_next(city: Guarantors) -> None:
    city.file_all()
    city.file("91410402MA0000015P", "2022Q1", loans("12.345"))
    assert city.settle("2022Q1").exit_code == 1
    city.file("91410402MA0000015P", "2022Q1", loans("12.34"))
    assert city.settle("2022Q1").exit_code == 0
    with (city.folder / "out" / "errors.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["severity"] for row in csv.DictReader(file) if row["severity"] == "error"] == []
