"""The guarantor's pages: two files in one form, errors of each where they are mended, sending, certification, in both languages."""

import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from settlement.returns.column_rules import Severity
from settlement.returns.kinds import KINDS
from settlement.returns.warning_words import why_it_matters
from tests.factories import Visitor, make_institution, make_person, username_of
from tests.settlement.filing_floor import Bank
from tests.settlement.returns.guarantee_files import Row, contract, event, write


@pytest.fixture
def guarantor(db: Session) -> Bank:
    make_institution(db, "汝瓷农村商业银行", region="410482", code=contract(1)["lender_code"])
    party = make_institution(db, "市弘济融资担保有限公司", region="410402", kind="guarantor", local_from=None)
    return Bank(party, make_person(db, party, "maker"), make_person(db, party, "checker", name="周立"))


@pytest.fixture
def maker(app: Flask, db: Session, guarantor: Bank) -> Visitor:
    return Visitor(app, username_of(db, guarantor.maker))


@pytest.fixture
def checker(app: Flask, db: Session, guarantor: Bank) -> Visitor:
    return Visitor(app, username_of(db, guarantor.checker))


def file(maker: Visitor, folder: Path, rows: Sequence[Row], events: Sequence[Row]) -> str:
    sent = {
        "file": (io.BytesIO(write(folder, rows).read_bytes()), "担保.csv"),
        "events": (io.BytesIO(write(folder, events, events=True).read_bytes()), "事项.csv"),
    }
    maker.get("/returns/2022Q3/file")
    return str(maker.post("/returns/2022Q3/file", **sent).headers["Location"])


def test_the_maker_is_asked_for_contracts_and_their_events(maker: Visitor) -> None:
    assert "报送 2022Q3 担保明细" in maker.get("/").text
    assert "担保明细报表" in maker.get("/returns").text
    form = maker.get("/returns/2022Q3/file").text
    for words in ("报送担保明细", 'name="file"', 'name="events"', "sheet=guarantees", "sheet=guarantee_events"):
        assert words in form
    assert maker.get("/returns/template.csv?sheet=guarantee_events").data.decode("utf-8-sig").startswith("合同号")
    assert "File the guarantee return" in maker.get("/returns/2022Q3/file?lang=en").text


def test_from_two_files_to_a_certified_return(maker: Visitor, checker: Visitor, tmp_path: Path) -> None:
    page = file(maker, tmp_path, [contract(1, outstanding="4000000.00", deposit="10.00")], [event(1)])
    shown = maker.get(page).text
    for words in ("期末在保余额", "还款、退费", "收取了保证金", "向小微企业收保证金", "担保事项表：事项.csv，1 项"):
        assert words in shown
    assert maker.get(f"{page}/events-file").data == write(tmp_path, [event(1)], events=True).read_bytes()
    maker.post(f"{page}/sent")
    assert "认证 2022Q3 担保明细" in checker.get("/").text
    digest = checker.get(page).text.split('name="row_digest" value="')[1][:64]
    checker.post(f"{page}/certification", row_digest=digest)
    assert "已认证" in checker.get("/returns").text


def test_errors_of_the_events_stand_apart_from_the_rows_to_mend(maker: Visitor, tmp_path: Path) -> None:
    page = file(maker, tmp_path, [contract(1, fee_income="x"), contract(2)], [event(9)])
    shown = maker.get(page).text
    assert "担保事项表里的错" in shown
    assert "报表里没有这份合同" in shown
    assert 'name="column" value="fee_income"' in shown
    assert 'name="column" value="contract_id"' not in shown
    maker.post(f"{page}/repairs", row="2", column="fee_income", value="50000")
    assert "列出的行都改好了" in maker.get(page).text


def test_with_errors_in_the_events_alone_nothing_is_offered_to_mend(maker: Visitor, tmp_path: Path) -> None:
    shown = maker.get(file(maker, tmp_path, [contract(1)], [event(9)])).text
    assert "担保事项表里的错" in shown
    assert "列出的行都改好了" not in shown
    assert "用改好的再读一遍" not in shown


def test_a_return_without_events_has_no_events_file(maker: Visitor, tmp_path: Path) -> None:
    sent = {"file": (io.BytesIO(write(tmp_path, [contract(1)]).read_bytes()), "担保.csv")}
    maker.get("/returns/2022Q3/file")
    page = str(maker.post("/returns/2022Q3/file", **sent).headers["Location"])
    assert maker.get(f"{page}/events-file").status_code == 404
    assert "担保事项表：" not in maker.get(page).text


def test_every_warning_says_why_it_matters() -> None:
    rules = [rule for kind in KINDS.values() for rule in kind.rules if rule.severity is Severity.WARNING]
    assert [rule.code for rule in rules if why_it_matters(rule) is None] == []
