"""Guarantee returns through JSON and the command line: two files in one filing, templates by sheet, errors by file."""

import io
import json
from collections.abc import Mapping, Sequence
from contextvars import Context
from pathlib import Path

import openpyxl
import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlmodel import Session
from werkzeug.test import TestResponse

from settlement.return_commands import returns
from settlement.returns.guarantee_columns import EVENT_COLUMNS, GUARANTEE_COLUMNS
from settlement.returns.sheets import CONTRACT_SHEET, EVENT_SHEET
from settlement.returns.templates import csv_template, workbook_template
from settlement.returns.workbooks import INSTRUCTIONS
from tests.factories import Robot, make_institution, make_person, make_token, username_of
from tests.settlement.filing_floor import Bank
from tests.settlement.returns.guarantee_files import Row, contract, event, take, write


@pytest.fixture
def guarantor(db: Session) -> Bank:
    make_institution(db, "汝瓷农村商业银行", region="410482", code=contract(1)["lender_code"])
    party = make_institution(db, "市弘济融资担保有限公司", region="410402", kind="guarantor", local_from=None)
    return Bank(party, make_person(db, party, "maker"), make_person(db, party, "checker", name="周立"))


class Api(Robot):
    """A guarantor's system."""

    def file(
        self, folder: Path, rows: Sequence[Row], events: Sequence[Row] | None = None, asked: str = ""
    ) -> TestResponse:
        sent = {"file": (io.BytesIO(write(folder, rows).read_bytes()), "g.csv")}
        if events is not None:
            sent["events"] = (io.BytesIO(write(folder, events, events=True).read_bytes()), "e.csv")
        return self.send("POST", f"/returns/2022Q3{asked}", data=sent)


@pytest.fixture
def maker(app: Flask, db: Session, guarantor: Bank) -> Api:
    return Api(app, make_token(db, guarantor.maker, "settlement:file", "settlement:read"))


def test_contracts_and_events_are_filed_in_one_request(maker: Api, tmp_path: Path) -> None:
    answer = maker.file(tmp_path, [contract(1, outstanding="4000000.00")], [event(1)], "?kind=guarantees")
    assert answer.status_code == 201
    told = answer.get_json()
    assert (told["kind"], told["state"], told["rows"], told["events"]) == ("guarantees", "filed", 1, 1)
    assert (told["file_name"], told["events_name"], told["total_balance"]) == ("g.csv", "e.csv", "4000000.00")
    assert told["eligible_balance"] is None
    assert maker.get("/returns?kind=guarantees").get_json()["total"] == 1
    assert maker.get("/returns?kind=loans").get_json()["total"] == 0


def test_another_kind_is_refused_and_an_unknown_one_is_no_answer(maker: Api, tmp_path: Path) -> None:
    refused = maker.file(tmp_path, [contract(1)], asked="?kind=loans")
    assert (refused.status_code, refused.get_json()["code"]) == (422, "other_kind_of_return")
    assert maker.file(tmp_path, [contract(1)], asked="?kind=leases").status_code == 422


def test_errors_name_the_file_they_stand_in(maker: Api, tmp_path: Path) -> None:
    told = maker.file(tmp_path, [contract(1, amount="0", outstanding="0")], [event(9)]).get_json()
    found = maker.get(f"/returns/{told['id']}/errors").get_json()["findings"]
    assert {(one["file"], one["row"], one["column"], one["rule"]) for one in found if one["severity"] == "error"} == {
        ("g.csv", 2, "amount", "out_of_range"),
        ("e.csv", 2, "contract_id", "unknown_contract"),
    }


def test_an_unreadable_events_file_is_told_in_its_own_field(maker: Api, tmp_path: Path) -> None:
    content = write(tmp_path, [contract(1)]).read_bytes()
    sent = {"file": (io.BytesIO(content), "g.csv"), "events": (io.BytesIO("合同号,什么\n".encode()), "e.csv")}
    answer = maker.send("POST", "/returns/2022Q3", data=sent)
    assert answer.status_code == 422
    assert {one["field"] for one in answer.get_json()["errors"]} == {"events"}
    assert maker.get("/returns").get_json()["total"] == 0


@pytest.mark.parametrize(("sheet", "columns"), [("guarantees", GUARANTEE_COLUMNS), ("guarantee_events", EVENT_COLUMNS)])
def test_a_template_of_each_sheet_is_there_with_instructions(maker: Api, sheet: str, columns: Sequence) -> None:
    content = maker.get(f"/returns/template.xlsx?sheet={sheet}").data
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert book.sheetnames[1] == INSTRUCTIONS
    headings = [cell.value for cell in next(book.worksheets[0].iter_rows(max_row=1))]
    assert headings == [column.titled for column in columns]
    plain = maker.get(f"/returns/template.csv?sheet={sheet}").data.decode("utf-8-sig")
    assert plain.strip() == ",".join(headings)
    assert maker.get("/returns/template.xlsx?sheet=leases").status_code == 422


def _examples(content: bytes, columns: Sequence) -> Mapping[str, str]:
    sheet = openpyxl.load_workbook(io.BytesIO(content))[INSTRUCTIONS]
    names = {column.name for column in columns}
    return {row[1]: row[5] or "" for row in sheet.iter_rows(values_only=True) if row[1] in names}


def test_the_examples_of_the_instructions_are_good_rows(tmp_path: Path) -> None:
    row = dict(_examples(workbook_template(CONTRACT_SHEET), GUARANTEE_COLUMNS))
    beside = dict(_examples(workbook_template(EVENT_SHEET), EVENT_COLUMNS))
    assert set(row) == {column.name for column in GUARANTEE_COLUMNS}
    found = take(tmp_path, [{**row, "outstanding": "4500000.00"}], [beside])
    assert found.is_accepted
    assert not found.warnings
    assert csv_template(EVENT_SHEET).decode("utf-8-sig").startswith("合同号,日期,事项,金额")


def _run(app: Flask, *arguments: str) -> Result:
    def invoke() -> Result:
        return CliRunner().invoke(returns, list(arguments), obj={"make_app": lambda: app})

    return Context().run(invoke)


def test_the_command_files_both_files_as_a_person(app: Flask, db: Session, guarantor: Bank, tmp_path: Path) -> None:
    rows, events = write(tmp_path, [contract(1, outstanding="4000000.00")]), write(tmp_path, [event(1)], events=True)
    who = username_of(db, guarantor.maker)
    asked = ("file", str(rows), "--kind", "guarantees", "--events", str(events), "--quarter", "2022Q3", "--as", who)
    done = _run(app, *asked)
    assert done.exit_code == 0, done.output
    assert "担保明细 Guarantee return：1 笔 rows，1 项 events，4000000.00 元 yuan" in done.output
    listed = json.loads(_run(app, "list", "--kind", "guarantees", "--as", who, "--json").output)
    assert [(one["kind"], one["events"]) for one in listed] == [("guarantees", 1)]
    wrong = _run(app, "file", str(rows), "--kind", "loans", "--quarter", "2022Q3", "--as", who)
    assert wrong.exit_code == 1
