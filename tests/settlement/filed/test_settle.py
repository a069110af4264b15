"""`yinqi settle`: from a folder of returns to statements, the same bytes whatever the order."""

import json
import shutil
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.seeds import seeded
from tests.settlement.filed.city import ONE, THREE, TWO, City, loans

OUTPUTS = ["errors.csv", "reconciliation.csv", "run.json", "shares.csv", "statements.csv"]
T2 = (
    (ONE, "2021-12-31", "1234567890.12"),
    (ONE, "2022-03-31", "1301234567.89"),
    (TWO, "2021-12-31", "5600.00"),
    (TWO, "2022-03-31", "5000.00"),
)


@pytest.fixture
def city(tmp_path: Path) -> City:
    made = City(tmp_path / "city")
    made.file_all()
    return made


def test_a_quarter_is_settled_from_files(city: City) -> None:
    city.file(ONE, "2022Q1", loans("1300000000.00", "1234567.89"))
    result = city.settle("2022Q1", "--certified", str(city.certify(*T2)))
    assert result.exit_code == 0, result.output
    assert list(city.written()) == OUTPUTS
    first, second = city.table("statements.csv")
    assert {key: value for key, value in first.items() if not key.endswith("_digest")} == {
        "institution_code": ONE,
        "name": "甲农商行",
        "region": "410402",
        "scheme": "growth-reward",
        "quarter": "2022Q1",
        "basis": "previous_quarter_end",
        "reference_balance": "1234567890.12",
        "balance": "1301234567.89",
        "increment": "66666677.77",
        "rate": "0.01",
        "amount": "666666.78",
        "alternative_basis": "high_water_mark",
        "alternative_amount": "666666.78",
        "dip_rebound": "N",
        "held": "N",
        "hold_reason": "",
    }
    assert len(first["policy_digest"]) == len(first["return_digest"]) == 64
    assert (second["increment"], second["amount"], second["region"]) == ("-600.00", "0.00", "410482")


def test_shares_and_reconciliation_stand_beside_the_statements(city: City) -> None:
    city.settle()
    shares = {(row["institution_code"], row["payer"]): row["amount"] for row in city.table("shares.csv")}
    assert shares == {(ONE, "city"): "333333.39", (ONE, "410402"): "333333.39", (TWO, "410482"): "0.00"}
    rows = [row for row in city.table("reconciliation.csv") if row["institution_code"] == TWO]
    assert [(row["reason"], row["loans"], row["balance"]) for row in rows] == [
        ("eligible", "1", "5000.00"),
        ("currency", "0", "0.00"),
        ("product_kind", "0", "0.00"),
        ("borrower_kind", "1", "8.00"),
        ("purpose", "0", "0.00"),
        ("credit_line", "0", "0.00"),
    ]


def test_without_certified_figures_the_amount_stands_and_the_statement_is_held(city: City) -> None:
    assert city.settle().exit_code == 0
    rows = city.table("statements.csv")
    assert [(row["amount"], row["held"], row["hold_reason"]) for row in rows] == [
        ("666666.78", "Y", "uncertified"),
        ("0.00", "Y", "uncertified"),
    ]


def test_the_certified_figure_is_the_balance_and_the_return_the_control(city: City) -> None:
    figures = [*T2[:1], (ONE, "2022-03-31", "1200000000.00"), *T2[2:]]
    city.settle("2022Q1", "--certified", str(city.certify(*figures)))
    first, second = city.table("statements.csv")
    assert (first["balance"], first["increment"], first["amount"]) == ("1200000000.00", "-34567890.12", "0.00")
    assert (first["held"], first["hold_reason"]) == ("Y", "difference")
    assert second["held"] == "N"


def test_a_missing_return_leaves_the_amount_empty(city: City) -> None:
    (city.folder / "returns" / f"{ONE}_2022Q1_loans.csv").unlink()
    assert city.settle().exit_code == 0
    first = city.table("statements.csv")[0]
    assert (first["amount"], first["increment"], first["held"], first["hold_reason"]) == ("", "", "Y", "return_missing")
    assert [row["institution_code"] for row in city.table("shares.csv")] == [TWO]
    assert {row["institution_code"] for row in city.table("reconciliation.csv")} == {TWO}


def test_the_order_of_rows_and_files_changes_no_byte(city: City) -> None:
    pick = seeded()
    city.file(ONE, "2022Q1", loans(*(f"{number}.37" for number in range(60))))
    city.settle(out="first")
    city.shuffle(pick)
    city.settle(out="second")
    first, second = city.written("first"), city.written("second")
    for name in ("run.json", "errors.csv"):  # durations; and row numbers, which are those of the filed sheet
        first.pop(name), second.pop(name)
    assert first == second


def test_the_run_record_names_engine_versions_and_digests(city: City) -> None:
    city.settle()
    record = json.loads(city.written()["run.json"])
    assert (record["engine"], record["quarter"], record["scheme"]) == ("duckdb", "2022Q1", "growth-reward")
    assert set(record["versions"]) == {"python", "yinqi", "duckdb", "sqlalchemy"}
    assert record["filed"][f"{ONE}_2022Q1_loans.csv"] != record["returns"][f"{ONE}_2022Q1"]
    assert record["returns"][f"{ONE}_2022Q1"] == city.table("statements.csv")[0]["return_digest"]
    assert str(city.folder) not in json.dumps(record)


def test_an_institution_that_is_not_local_has_no_statement_and_its_return_is_not_read(city: City) -> None:
    city.add(THREE, "外地分行", "410411", kind="branch", local_legal_person_from="")
    city.file(THREE, "2022Q1", loans("not money"))
    assert city.settle().exit_code == 0
    assert [row["institution_code"] for row in city.table("statements.csv")] == [ONE, TWO]


def test_a_merger_adds_the_series_of_both(city: City) -> None:
    other = {"local_legal_person_until": "2022-02-01", "successor_code": ONE}
    city.add(THREE, "丙村镇银行", "410411", kind="village_bank", **other)
    city.file(THREE, "2021Q4", loans("65432109.88"))
    city.settle()
    first = city.table("statements.csv")[0]
    assert (first["reference_balance"], first["increment"]) == ("1300000000.00", "1234567.89")


def test_a_quarter_without_a_rate_is_refused_and_nothing_else_is_written(city: City) -> None:
    result = city.settle("2023Q3")
    assert result.exit_code == 1
    assert list(city.written()) == ["errors.csv"]
    (row,) = city.table("errors.csv")
    assert (row["rule"], row["severity"]) == ("policy_silent", "error")
    assert "不能按零计算" in result.stderr


def test_a_bad_row_refuses_the_whole_input(city: City) -> None:
    city.file(ONE, "2022Q1", [*loans("1.00"), *loans("2.00", "12.345")[1:]])
    result = city.settle()
    assert result.exit_code == 1
    assert list(city.written()) == ["errors.csv"]
    errors = [row for row in city.table("errors.csv") if row["severity"] == "error"]
    assert [(row["file"], row["row"], row["column"]) for row in errors] == [(f"{ONE}_2022Q1_loans.csv", "3", "balance")]


def test_two_files_of_one_return_are_refused(city: City) -> None:
    path = city.folder / "returns" / f"{ONE}_2022Q1_loans.csv"
    shutil.copy(path, path.with_suffix(".CSV"))
    assert city.settle().exit_code == 1
    assert [row["rule"] for row in city.table("errors.csv")] == ["return_twice"]


def test_a_return_of_an_unknown_institution_is_refused(city: City) -> None:
    city.file(THREE, "2021Q4", loans("1.00"))
    assert city.settle().exit_code == 1
    assert [row["rule"] for row in city.table("errors.csv")] == ["unknown_institution"]


def test_other_files_in_the_folder_are_passed_over_with_a_warning(city: City) -> None:
    (city.folder / "returns" / "说明.txt").write_text("随手记")
    (city.folder / "returns" / ".DS_Store").write_text("")
    city.file(ONE, "2022Q3", loans("not money"))
    assert city.settle().exit_code == 0
    passed_over = [row for row in city.table("errors.csv") if row["rule"] == "file_name"]
    assert [(row["file"], row["severity"]) for row in passed_over] == [("说明.txt", "warning")]


def test_a_loan_that_two_institutions_claim_is_listed_in_both_files(city: City) -> None:
    same = {"borrower_code": "ID:same", "loan_id": "X-1", "credit_line": "6000000.00"}
    city.file(ONE, "2022Q1", [*loans("1.00"), {**loans("2.00")[0], **same}])
    city.file(TWO, "2022Q1", [{**loans("3.00")[0], **same, "loan_id": "x1"}])
    assert city.settle().exit_code == 0
    rows = [row for row in city.table("errors.csv") if "2022Q1" in row["file"]]
    found = {(row["rule"], row["file"][:18], row["row"]) for row in rows}
    assert found == {
        ("over_limit_across", ONE, ""),
        ("over_limit_across", TWO, ""),
        ("claimed_twice", ONE, "3"),
        ("claimed_twice", TWO, "2"),
    }


@pytest.mark.parametrize(
    ("row", "rule"),
    [
        ({"local_legal_person_until": "2009-12-28"}, "until_before_from"),
        ({"local_legal_person_from": "", "local_legal_person_until": "2022-01-01"}, "until_before_from"),
        ({"successor_code": THREE}, "own_successor"),
        ({"kind": "bank"}, "unknown_code"),
        ({"region": "410499"}, "unknown_code"),
        ({"region": "outside"}, "unknown_code"),
        ({"name": ""}, "required"),
    ],
)
def test_an_institution_that_contradicts_itself_is_refused(city: City, row: dict[str, str], rule: str) -> None:
    city.add(THREE, **{"name": "丙农商行", "region": "410411", **row})  # type: ignore[arg-type]
    assert city.settle().exit_code == 1
    assert [one["rule"] for one in city.table("errors.csv") if one["severity"] == "error"] == [rule]


@pytest.mark.parametrize(
    ("figures", "rule"),
    [
        ([(ONE, "2022-03-30", "1.00")], "not_quarter_end"),
        ([(ONE, "2022-03-31", "1.00"), (ONE, "2022-03-31", "2.00")], "repeated"),
        ([(ONE, "2022-03-31", "1.001")], "not_money"),
    ],
)
def test_a_certified_figure_that_cannot_be_is_refused(
    city: City, figures: list[tuple[str, str, str]], rule: str
) -> None:
    assert city.settle("2022Q1", "--certified", str(city.certify(*figures))).exit_code == 1
    assert [row["rule"] for row in city.table("errors.csv")] == [rule]


def test_a_certified_figure_of_a_stranger_is_only_a_warning(city: City) -> None:
    city.settle("2022Q1", "--certified", str(city.certify(*T2, (THREE, "2022-03-31", "1.00"))))
    doubts = [row for row in city.table("errors.csv") if row["file"] == "certified.csv"]
    assert [(row["row"], row["rule"], row["severity"]) for row in doubts] == [("6", "unknown_institution", "warning")]


@pytest.mark.parametrize("arguments", [["2022"], ["2022Q1", "--engine", "abacus"], ["2022Q1", "--scheme", "none"]])
def test_wrong_use_ends_with_status_two(city: City, arguments: list[str]) -> None:
    assert city.settle(*arguments).exit_code == 2
    assert not (city.folder / "out").exists()


@pytest.mark.skipif(find_spec("pyspark") is not None, reason="pyspark is installed")
def test_spark_that_is_not_installed_is_wrong_use(city: City) -> None:
    result = city.settle("2022Q1", "--engine", "spark")
    assert result.exit_code == 2
    assert "pyspark" in result.stderr
