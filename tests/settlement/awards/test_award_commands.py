"""`yinqi awards`: what can be claimed, checked and filed from the command line."""

import json
from contextvars import Context
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from flask import Flask

from kernel.errors import NotFound, Refused
from settlement.award_commands import awards
from settlement.event_awards.months import plus_months
from tests.factories import make_enterprise, make_person, username_of
from tests.settlement.awards.desk import PDF, Desk

DAY = ("--day", "2022-08-01")
ENTRY = ("first-entry-award", *DAY, "--fact", "was_in_register=no", "--fact", "revenue=50000000.00")


def run(app: Flask, *arguments: str) -> Result:
    """The command as the root of the command line would run it, in a context of its own."""

    def invoke() -> Result:
        return CliRunner().invoke(awards, list(arguments), obj={"make_app": lambda: app}, catch_exceptions=True)

    return Context().run(invoke)


def told(result: Result) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_a_firm_checks_files_lists_and_shows(app: Flask, desk: Desk, tmp_path: Path) -> None:
    who = ("--as", username_of(desk.db, desk.owner))
    kinds = told(run(app, "kinds", *who, "--json"))
    assert "first-entry-award" in {one["scheme"] for one in kinds}
    checked = told(run(app, "check", *ENTRY, *who, "--json"))
    assert (checked["amount"], checked["is_eligible"]) == ("80000.00", True)
    papers = []
    for code in ("register_notice", "income_statement"):
        path = tmp_path / f"{code}.pdf"
        path.write_bytes(PDF + code.encode())
        papers += ["--paper", f"{code}={path}"]
    filed = told(run(app, "file", *ENTRY, *papers, *who, "--json"))
    assert (filed["state"], len(filed["papers"])) == ("filed", 2)
    listed = told(run(app, "list", "--state", "filed", *who, "--json"))
    assert [one["id"] for one in listed] == [filed["id"]]
    shown = run(app, "show", str(filed["id"]), *who)
    assert "条款 clause 28: 30,000.00" in shown.output


def test_what_the_rule_refuses_is_not_filed_and_the_draft_stays(app: Flask, desk: Desk) -> None:
    who = ("--as", username_of(desk.db, desk.owner))
    done = run(app, "file", *ENTRY, *who)
    assert isinstance(done.exception, Refused)
    assert done.exception.code == "papers_missing"
    assert [one["state"] for one in told(run(app, "list", *who, "--json"))] == ["draft"]


def test_a_wrong_fact_is_wrong_use_and_says_which(app: Flask, desk: Desk) -> None:
    who = ("--as", username_of(desk.db, desk.owner))
    done = run(app, "check", "first-entry-award", *DAY, "--fact", "revenue=1.234", *who)
    assert done.exit_code == 2
    assert "was_in_register" in done.output
    assert "revenue" in done.output


def test_a_stranger_finds_no_claim(app: Flask, desk: Desk) -> None:
    claim = desk.filed()
    other = username_of(desk.db, make_person(desk.db, make_enterprise(desk.db, "别家有限公司"), "owner"))
    assert isinstance(run(app, "show", str(claim.id), "--as", other).exception, NotFound)


def test_the_operator_records_dishonesty(app: Flask, desk: Desk) -> None:
    since = app.extensions["clock"].today()
    listing = ("--since", since.isoformat(), "--document", "信用公示")
    done = run(app, "dishonest", desk.firm.code, *listing, "--as", username_of(desk.db, desk.operator))
    assert done.exit_code == 0, done.output
    facts = ("--fact", "is_first=yes")
    owner = username_of(desk.db, desk.owner)
    checked = told(run(app, "check", "little-giant-award", *DAY, *facts, "--as", owner, "--json"))
    assert checked["amount"] == "500000.00"
    assert checked["suspended_until"] == plus_months(since, 12).isoformat()
