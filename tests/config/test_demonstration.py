"""The demonstration city holds what it promises, row by row, and is the same for the same seed."""

import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from datetime import date
from fractions import Fraction
from pathlib import Path

from kernel.accounts.roles import ROLES
from kernel.credit_code import CodeCheck, check
from kernel.money import parse_yuan
from kernel.parties.models import INSTITUTION_KINDS, SIZE_CLASSES, STATUSES
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.size_classes import SCHEME, Measures, bounds_in_force, industry_of, size_class
from tests.config.conftest import City, Row, Survey, of

POLICIES = Path(__file__).parents[2] / "config" / "policies"


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def written(folder: Path, *options: str) -> dict[str, str]:
    """The digests of a city written by a process of its own."""
    command = [sys.executable, "-m", "config.demonstration", str(folder), *options]
    subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": "7"})
    return digests(folder)


def test_the_same_seed_gives_the_same_bytes_in_another_process(city: City, tmp_path: Path) -> None:
    assert written(tmp_path) == digests(city.folder)


def test_another_seed_gives_other_loans_and_the_same_parties_and_figures(city: City, tmp_path: Path) -> None:
    usual, other = digests(city.folder), written(tmp_path, "--seed", "7")
    same = {name for name in usual if usual[name] == other[name]}
    fixed = {"institutions.csv", "certified.csv", "certified-late.csv", "offices.csv", "banks.csv", "products.csv"}
    assert usual.keys() == other.keys()
    assert same == fixed | {"planted.toml"}


def test_the_city_has_the_promised_numbers_of_parties(city: City) -> None:
    kinds = Counter(row["kind"] for row in city.table("institutions.csv"))
    local = [row for row in city.table("institutions.csv") if row["local_legal_person_from"]]
    assert (len(local), kinds["branch"], kinds["guarantor"]) == (9, 3, 3)
    assert set(kinds) <= set(INSTITUTION_KINDS)
    assert len(city.table("enterprises.csv")) == 400
    assert len(city.table("products.csv")) == 60
    assert {row["region"] for row in city.table("enterprises.csv")} == {region.code for region in REGIONS}


def test_every_credit_code_of_the_registers_passes_its_check(city: City) -> None:
    tables = {
        "institutions.csv": "institution_code",
        "enterprises.csv": "enterprise_code",
        "offices.csv": "office_code",
    }
    codes = [row[column] for name, column in tables.items() for row in city.table(name)]
    assert {check(code) for code in codes} == {CodeCheck.VALID}
    assert len(codes) == len(set(codes))


def test_every_size_class_follows_from_the_figures(city: City) -> None:
    scheme = PolicyBook.load(POLICIES).scheme(SCHEME)
    for row in city.table("enterprises.csv"):
        assert row["size_class"] in SIZE_CLASSES
        if row["size_class"] == "individual_business":
            continue
        measures = Measures(int(row["staff"]), parse_yuan(row["revenue"]), parse_yuan(row["assets"]))
        bounds = bounds_in_force(scheme, industry_of(row["industry"]), date(2022, 6, 13))
        assert size_class(measures, bounds) == row["size_class"], row


def test_the_tags_are_statuses_of_the_register(city: City) -> None:
    tags = {tag for row in city.table("enterprises.csv") for tag in row["tags"].split(";") if tag}
    assert tags == set(STATUSES) - {"local_legal_person", "dishonest"}


def test_somebody_signs_in_with_every_role_and_every_bank_has_three(city: City) -> None:
    people = city.table("people.csv")
    of_banks = Counter(
        row["organisation_code"] for row in people if row["role"] in {"maker", "checker", "product_manager"}
    )
    assert {row["role"] for row in people} == set(ROLES)
    assert len({row["username"] for row in people}) == len({row["name"] for row in people}) == len(people)
    assert all(of_banks[row["institution_code"]] == 3 for row in city.table("banks.csv"))


def test_every_week_has_sixty_to_ninety_requests(city: City) -> None:
    weeks = sorted((city.folder / "requests").iterdir())
    assert [path.stem for path in weeks] == [f"2022-W{week}" for week in (35, 36, 37, 38, 39, 41, 42, 43)]
    for path in weeks:
        rows = city.table(f"requests/{path.name}")
        assert 60 <= len(rows) <= 90
        assert len({row["request_id"] for row in rows}) == len(rows)


def test_a_first_loan_can_be_followed_from_session_to_return(city: City) -> None:
    code = city.code_of["恒润精密铸造有限公司"]
    request = next(row for row in city.table("requests/2022-W41.csv") if row["enterprise_code"] == code)
    (loan,) = of(city.loans(city.path("沙河农村商业银行", "2022Q4")), code)
    assert (request["amount"], request["tags"]) == ("3000000.00", "first_loan")
    assert (loan["balance"], loan["first_loan"]) == ("3000000.00", "Y")
    assert not of(city.loans(city.path("沙河农村商业银行", "2022Q3")), code)


def test_one_firm_asks_twice_in_a_week(city: City) -> None:
    code = city.code_of["高源液压有限公司"]
    rows = [row for row in city.table("requests/2022-W36.csv") if row["enterprise_code"] == code]
    assert [row["meetings_wanted"] for row in rows] == ["2", "3"]
    assert len({row["vetoed_institutions"] for row in rows}) == 2


def test_the_pool_is_one_firm_short_in_one_county(city: City) -> None:
    least = dict(zip([region.code for region in REGIONS], [6, 5, 6, 2, 11, 5, 21, 22, 27, 29, 12, 23], strict=True))
    pool = Counter(row["region"] for row in city.table("enterprises.csv") if "pool" in row["tags"].split(";"))
    assert {code: least[code] - pool[code] for code in least if least[code] != pool[code]} == {"410422": 1}


def test_every_planted_case_names_codes_that_exist(city: City, surveys: list[Survey]) -> None:
    planted = tomllib.loads((city.folder / "planted.toml").read_text(encoding="utf-8"))["case"]
    known = {borrower for one in surveys for borrower in one.lines} | set(city.code_of.values())
    for case in planted:
        assert set(case) == {"id", "where", "find", "shows"}
        assert set(re.findall(r"9[123]\d{6}M\w{9}", case["where"])) <= known
    assert len({case["id"] for case in planted}) == len(planted) == 30


def test_every_guaranteed_contract_is_in_force_or_ended_in_its_quarter(city: City) -> None:
    files = sorted((city.folder / "guarantees").glob("*_guarantees.csv"))
    assert len(files) == 18
    for path in files:
        quarter = Quarter.parse(path.stem.split("_")[1])
        rows = city.table(f"guarantees/{path.name}")
        assert len({row["contract_id"] for row in rows}) == len(rows) > 500
        for row in rows:
            last = min(day for day in (row["end_date"], row["released_on"], row["compensated_on"]) if day)
            assert row["start_date"] <= str(quarter.last_day)
            assert last >= str(quarter.first_day)
            assert (row["outstanding"] == "0.00") == (last <= str(quarter.last_day))


def test_government_backed_guarantors_ask_less_than_one_percent_on_average(city: City) -> None:
    for name in ("市弘济融资担保有限公司", "汝州振兴融资担保有限公司", "诚笕融资担保有限公司"):
        rows = city.table(f"guarantees/{city.code_of[name]}_2022Q4_guarantees.csv")
        fees = sum(parse_yuan(row["fee_income"]) for row in rows)
        assert (fees < sum(annualised(row) for row in rows) / 100) == (name != "诚笕融资担保有限公司")


def annualised(row: Row) -> Fraction:
    days = (date.fromisoformat(row["end_date"]) - date.fromisoformat(row["start_date"])).days
    return Fraction(parse_yuan(row["amount"]) * days, 365)


def test_the_worked_examples_of_the_fee_subsidy_are_filed(city: City) -> None:
    code = city.code_of["市弘济融资担保有限公司"]
    rows = {row["contract_id"]: row for row in city.table(f"guarantees/{code}_2022Q4_guarantees.csv")}
    whole, released, trap = rows["HJ22050901"], rows["HJ22050902"], rows["HJ22040901"]
    assert parse_yuan(whole["fee_income"]) / annualised(whole) == Fraction(1, 100)
    assert (released["released_on"], released["outstanding"]) == ("2022-12-16", "0.00")
    assert annualised(trap) == 14_000_000_00
