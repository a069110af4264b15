"""`yinqi pool | whitelist | renewals | deferrals | bridging`: each shows what the person named may see, and no more."""

import csv
import io
import json
from contextvars import Context
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import load_workbook
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.clock import Clock
from kernel.errors import DomainError
from kernel.tables.faults import FileRefused
from matchmaking.pool_commands import pool, whitelist
from matchmaking.renewal_commands import bridging, deferrals, renewals
from tests.factories import NOW, make_person, username_of
from tests.matchmaking.bridging.fund_people import FundPeople, fund_people
from tests.matchmaking.bridging.fund_people import applied as applied_case
from tests.matchmaking.pool.town import HERE, factory
from tests.matchmaking.renewals.borrowers import applied, borrower_of, listed_borrower
from tests.matchmaking.whitelist.offices import Offices, offices


@pytest.fixture
def people(app: Flask, db: Session) -> Offices:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return offices(db)


def run(app: Flask, group: object, *arguments: str) -> Result:
    """A command, in a context of its own as a shell would run it."""
    obj = {"make_app": lambda: app}
    return Context().run(lambda: CliRunner().invoke(group, list(arguments), obj=obj))  # type: ignore[arg-type]


def as_of(db: Session, caller: Caller) -> tuple[str, str]:
    return "--as", username_of(db, caller)


def read(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))


def test_the_pool_is_imported_listed_exported_and_reported(
    app: Flask, db: Session, people: Offices, tmp_path: Path
) -> None:
    here, there = as_of(db, people.town.here), as_of(db, people.town.there)
    good, bad = factory(db), factory(db, "汝瓷工艺有限公司")
    head = "enterprise_code,revenue,year\n"
    (tmp_path / "bad.csv").write_text(f"{head}{good.code},12000000,2021\n{bad.code},100,2021\n", "utf-8")
    refused = run(app, pool, "import", str(tmp_path / "bad.csv"), *here)
    assert isinstance(refused.exception, FileRefused)
    assert "bad.csv:3 revenue" in refused.output
    (tmp_path / "good.csv").write_text(f"{head}{good.code},12000000,2021\n", "utf-8")
    assert "推荐了 1 家" in run(app, pool, "import", str(tmp_path / "good.csv"), *here).output
    (stay,) = json.loads(run(app, pool, "list", *here, "--json").output)
    assert (stay["enterprise_code"], stay["state"], stay["revenue"]) == (good.code, "nominated", "12000000.00")
    assert json.loads(run(app, pool, "list", *there, "--json").output) == []
    assert good.name in run(app, pool, "list", *here, "--state", "nominated").output
    run(app, pool, "export", *here, "--out", str(tmp_path / "pool.csv"))
    assert [row["enterprise_code"] for row in read(tmp_path / "pool.csv")] == [good.code]
    (county,) = json.loads(run(app, pool, "radar", *here, "--json").output)
    assert (county["region"], county["nominated"], county["minimum"]) == (HERE, 1, 21)
    for name in ("report.xlsx", "report.pdf"):
        done = run(app, pool, "report", "2022", *as_of(db, people.town.industry), "--out", str(tmp_path / name))
        assert done.exit_code == 0, done.output
    assert load_workbook(tmp_path / "report.xlsx").active["C16"].value == "=SUM(C4:C15)"
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    owner = as_of(db, make_person(db, good, "owner"))
    stranger = run(app, pool, "report", "2022", *owner, "--out", str(tmp_path / "x.pdf"))
    assert isinstance(stranger.exception, DomainError)


def test_the_list_renewals_and_deferrals_are_the_persons_own(
    app: Flask, db: Session, people: Offices, tmp_path: Path
) -> None:
    one = listed_borrower(db, people)
    other = borrower_of(db, factory(db, "汝瓷工艺有限公司"), bank_name="别家银行")
    applied(db, one)
    (listed,) = json.loads(run(app, whitelist, "list", *as_of(db, one.maker), "--json").output)
    assert (listed["code"], listed["since"]) == (one.firm.code, "2022-08-30")
    before = run(app, whitelist, "list", *as_of(db, one.maker), "--day", "2022-08-29", "--json")
    assert json.loads(before.output) == []
    assert isinstance(run(app, whitelist, "list", *as_of(db, one.owner)).exception, DomainError)
    for caller, expected in ((one.owner, 1), (one.checker, 1), (other.owner, 0), (other.checker, 0)):
        rows = json.loads(run(app, renewals, "list", *as_of(db, caller), "--json").output)
        assert [row["old_loan"] for row in rows] == ["HT-001"] * expected
        assert json.loads(run(app, deferrals, "list", *as_of(db, caller), "--json").output) == []
    assert json.loads(run(app, renewals, "radar", *as_of(db, one.owner), "--json").output) == []
    assert one.firm.name in run(app, renewals, "list", *as_of(db, one.maker)).output
    run(app, renewals, "export", *as_of(db, one.maker), "--out", str(tmp_path / "renewals.csv"))
    assert [row["old_loan"] for row in read(tmp_path / "renewals.csv")] == ["HT-001"]


def test_the_fund_shows_cases_pools_and_the_statement_of_a_month(app: Flask, db: Session, tmp_path: Path) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    fund: FundPeople = fund_people(db)
    applied_case(db, fund)
    for caller in (fund.firm, fund.checker, fund.county, fund.cashier):
        rows = json.loads(run(app, bridging, "cases", *as_of(db, caller), "--json").output)
        assert [row["old_loan"] for row in rows] == ["HT-001"]
    pools = json.loads(run(app, bridging, "pools", *as_of(db, fund.county), "--json").output)
    assert [one["region"] for one in pools] == [fund.county_pool.region]
    assert isinstance(run(app, bridging, "pools", *as_of(db, fund.firm)).exception, DomainError)
    to = str(tmp_path / "month.xlsx")
    county = as_of(db, fund.county)
    done = run(app, bridging, "statement", str(fund.county_pool.id), "2022-10", *county, "--out", to)
    assert done.exit_code == 0, done.output
    assert load_workbook(to)["2022-10"]["B3"].value == 5_000_000
    foreign = run(app, bridging, "statement", str(fund.city_pool.id), "2022-10", *county, "--out", to)
    assert isinstance(foreign.exception, DomainError)
