"""Products, requests and prior clients by file: looked at first, whole or nothing, every fault by row and column."""

import io
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import event
from sqlmodel import Session, col, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.clock import Clock
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.outbox.models import OutboxEvent
from kernel.tables.columns import Table
from kernel.tables.faults import FileRefused
from kernel.web.paging import Asked
from matchmaking.clients.reading import clients_of
from matchmaking.import_commands import import_file
from matchmaking.imports import client_lines, service
from matchmaking.imports.templates import csv_template, workbook_template
from matchmaking.imports.workflow import CLIENTS, KINDS, MOST_ROWS, PRODUCTS, REQUESTS
from matchmaking.market_files.reading import MarketFile
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.products.reading import own_products
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.reading import requests_for
from tests.factories import Robot, Visitor, make_token, username_of
from tests.matchmaking.imports.files import STRANGER, cells_of, csv_file, xlsx_file
from tests.matchmaking.people import CONSENT_UNTIL, NOW, bank, firm, offer, organiser, party_code

TODAY = date(2022, 10, 20)
CASES = tomllib.loads((Path(__file__).parent / "cases" / "refused_rows.toml").read_text())
SIGNED = {"audience": "session_banks", "until": CONSENT_UNTIL, "document": "平金工〔2022〕31号"}


@dataclass(frozen=True)
class Bringers:
    """Who brings what, and the codes that rows name."""

    bank: Caller
    rival: Caller
    firm: Caller
    organiser: Caller
    codes: dict[str, str]

    def of(self, kind: str) -> Caller:
        return self.organiser if kind == REQUESTS else self.bank


@pytest.fixture
def side(db: Session) -> Bringers:
    mine, rival, owner = bank(db), bank(db, "应河城市商业银行"), firm(db)
    codes = {"own": party_code(db, mine), "other": party_code(db, rival), "firm": party_code(db, owner)}
    return Bringers(mine, rival, owner, organiser(db), codes | {"stranger": STRANGER})


def taken(db: Session, by: Caller, kind: str, filed: MarketFile, **options: Any) -> None:
    def work(db: Session) -> None:
        row = service.bring(db, by, kind, filed, at=NOW)
        service.accept(db, by, row.id or 0, rows=service.read(kind, filed), options=options, at=NOW)

    database.write(db, work)


def test_every_refused_row_names_its_row_column_and_rule_and_brings_nothing(db: Session, side: Bringers) -> None:
    taken(
        db,
        side.rival,
        PRODUCTS,
        csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes | {"own": side.codes["other"]}, product_id="YH-1")),
    )
    for kind, cases in CASES.items():
        for number, case in enumerate(cases):
            good = cells_of(kind, side.codes)
            wrong = cells_of(kind, side.codes, **{case["column"]: case["value"]})
            first = next(iter(good))
            other = good | {first: "OK-1" if kind != CLIENTS else "91410482MA0000023E"}
            filed = csv_file(kind, other, wrong)
            seen = service.look(db, side.of(kind), kind, filed, today=TODAY)
            found = {(fault.row, fault.column, fault.rule) for fault in seen.errors}
            assert (3, case.get("found_at", case["column"]), case["rule"]) in found, (case["says"], number, seen.errors)
            assert seen.lines == ()
            assert all(fault.text.zh and fault.text.en for fault in seen.errors)
            with pytest.raises(FileRefused):
                taken(db, side.of(kind), kind, filed, **SIGNED)
    assert [one.code for one in db.exec(select(LoanProduct))] == ["YH-1"]
    assert db.exec(select(FinancingRequest)).all() == []
    assert clients_of(db, side.bank, Asked()).total == 0


def test_a_bank_brings_its_products_as_drafts_in_any_encoding(db: Session, side: Bringers) -> None:
    for number, encoding in enumerate(("utf-8", "utf-8-sig", "gb18030")):
        row = cells_of(PRODUCTS, side.codes, product_id=f"SH-{number}")
        taken(db, side.bank, PRODUCTS, csv_file(PRODUCTS, row, encoding=encoding))
        listing = own_products(db, side.bank, Asked()).items[0]
        assert (listing.product.code, listing.product.state) == (f"SH-{number}", "draft")
        terms = listing.terms
        assert (terms.name, terms.amount_min, terms.rate_min) == ("小微保证贷", 10_000_000, Decimal("3.85"))
        assert terms.green_channel


def test_the_same_rows_again_change_nothing_and_a_changed_one_is_the_next_version(db: Session, side: Bringers) -> None:
    rows = [cells_of(PRODUCTS, side.codes), cells_of(PRODUCTS, side.codes, product_id="SH-2", documents="营业执照")]
    taken(db, side.bank, PRODUCTS, xlsx_file(PRODUCTS, *rows), publish=True)
    assert {one.product.state for one in own_products(db, side.bank, Asked()).items} == {"published"}
    again = service.look(db, side.bank, PRODUCTS, csv_file(PRODUCTS, *rows), today=TODAY)
    assert [line.action for line in again.lines] == ["unchanged", "unchanged"]
    without = {name: cell for name, cell in rows[1].items() if name != "documents"} | {"rate_min": "3.60"}
    taken(db, side.bank, PRODUCTS, csv_file(PRODUCTS, rows[0], without))
    numbers = db.exec(select(LoanProduct.code, LoanProduct.latest).order_by(LoanProduct.code)).all()
    assert numbers == [("SH-1", 1), ("SH-2", 2)]
    newest = db.exec(select(ProductVersion).where(ProductVersion.number == 2)).one()
    assert (newest.rate_min, newest.documents) == (Decimal("3.60"), "营业执照")


def test_a_firm_brings_its_own_requests_as_drafts_that_nobody_else_sees(db: Session, side: Bringers) -> None:
    taken(db, side.firm, REQUESTS, csv_file(REQUESTS, cells_of(REQUESTS, side.codes)))
    (filed,) = requests_for(db, side.firm, Asked()).items
    assert (filed.request.state, filed.request.source, filed.terms.amount) == ("draft", "import", 120_000_000)
    assert requests_for(db, side.organiser, Asked()).items == []
    stranger = firm(db, "清源环保设备有限公司")
    seen = service.look(db, stranger, REQUESTS, csv_file(REQUESTS, cells_of(REQUESTS, side.codes)), today=TODAY)
    assert ("enterprise_code", "not_your_firm") in {(fault.column, fault.rule) for fault in seen.errors}


def test_an_organiser_publishes_on_signed_consents_and_the_firm_is_told(db: Session, side: Bringers) -> None:
    row = cells_of(REQUESTS, side.codes, region="叶县", tags="专精特新;首贷")
    seen = service.look(db, side.organiser, REQUESTS, csv_file(REQUESTS, row), today=TODAY)
    assert {fault.rule for fault in seen.remarks} == {"register_differs", "certified_elsewhere"}
    taken(db, side.organiser, REQUESTS, csv_file(REQUESTS, row), **SIGNED)
    (filed,) = requests_for(db, side.firm, Asked()).items
    assert (filed.request.code, filed.request.state, filed.terms.tags) == ("SQ-1", "published", ("first_loan",))
    assert filed.consent is not None
    assert (filed.consent.audience, filed.consent.until) == ("session_banks", CONSENT_UNTIL)
    (told,) = db.exec(select(OutboxEvent).where(OutboxEvent.event == "request.brought"))
    assert told.party_id == side.firm.organisation_id
    acts = [entry.act for entry in entries_about(db, ("financing_request", filed.id))]
    assert acts == ["financing_request.create", "financing_request.publish"]


def test_prior_clients_come_in_change_their_day_and_are_seen_by_their_bank_alone(db: Session, side: Bringers) -> None:
    known = cells_of(CLIENTS, side.codes, enterprise_code=side.codes["firm"])
    taken(db, side.bank, CLIENTS, csv_file(CLIENTS, cells_of(CLIENTS, side.codes), known))
    later = cells_of(CLIENTS, side.codes, since="20200101")
    seen = service.look(db, side.bank, CLIENTS, csv_file(CLIENTS, later, known), today=TODAY)
    assert [line.action for line in seen.lines] == ["changed", "unchanged"]
    taken(db, side.bank, CLIENTS, csv_file(CLIENTS, later, known))
    mine = {(one.client.code, one.client.since, one.name) for one in clients_of(db, side.bank, Asked()).items}
    day = date(2019, 3, 18)
    assert mine == {(STRANGER, date(2020, 1, 1), ""), (side.codes["firm"], day, "恒润精密铸造有限公司")}
    assert clients_of(db, side.rival, Asked()).total == 0


def test_a_file_is_taken_once_and_only_by_who_may(db: Session, side: Bringers) -> None:
    filed = csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes))
    row = database.write(db, lambda db: service.bring(db, side.bank, PRODUCTS, filed, at=NOW))
    import_id, rows = row.id or 0, service.read(PRODUCTS, filed)
    with pytest.raises(NotFound):
        service.accept(db, side.rival, import_id, rows=rows, options={}, at=NOW)
    database.write(db, lambda db: service.accept(db, side.bank, import_id, rows=rows, options={}, at=NOW))
    with pytest.raises(Conflict):
        database.write(db, lambda db: service.accept(db, side.bank, import_id, rows=rows, options={}, at=NOW))
    for by, kind in ((side.firm, PRODUCTS), (side.organiser, CLIENTS), (side.bank, REQUESTS)):
        with pytest.raises(Forbidden):
            service.look(db, by, kind, filed, today=TODAY)
    assert [entry.act for entry in entries_about(db, ("market_import", import_id))] == [
        "market_import.bring",
        "market_import.accept",
    ]


def test_what_was_right_when_it_was_looked_at_and_is_not_any_more_is_refused_whole(db: Session, side: Bringers) -> None:
    rows = [cells_of(PRODUCTS, side.codes), cells_of(PRODUCTS, side.codes, product_id="SH-2")]
    row = database.write(db, lambda db: service.bring(db, side.bank, PRODUCTS, csv_file(PRODUCTS, *rows), at=NOW))
    assert service.preview_of(db, side.bank, row, today=TODAY).can_be_taken
    theirs = cells_of(PRODUCTS, side.codes | {"own": side.codes["other"]}, product_id="SH-2")
    taken(db, side.rival, PRODUCTS, csv_file(PRODUCTS, theirs))
    read = service.read_again(db, side.bank, row.id or 0)
    with pytest.raises(FileRefused):
        database.write(db, lambda db: service.accept(db, side.bank, row.id or 0, rows=read, options={}, at=NOW))
    db.rollback()
    assert own_products(db, side.bank, Asked()).total == 0
    assert service.own_import(db, side.bank, row.id or 0).state == "read"


def test_a_long_file_asks_the_books_a_few_times_and_one_too_long_not_at_all(db: Session, side: Bringers) -> None:
    asked: list[str] = []
    event.listen(database.books.engine, "before_cursor_execute", lambda *seen: asked.append(seen[2]))
    for kind, code in ((PRODUCTS, "product_id"), (REQUESTS, "request_id")):
        rows = [cells_of(kind, side.codes, **{code: f"N-{number}"}) for number in range(MOST_ROWS + 1)]
        db.rollback()
        asked.clear()
        seen = service.look(db, side.of(kind), kind, csv_file(kind, *rows), today=TODAY)
        assert [fault.rule for fault in seen.errors] == ["too_many_rows"]
        assert len(asked) <= 4, asked
        asked.clear()
        seen = service.look(db, side.of(kind), kind, csv_file(kind, *rows[:MOST_ROWS]), today=TODAY)
        assert len(seen.lines) == MOST_ROWS
        assert len(asked) <= 8, len(asked)


def test_the_rows_of_a_file_are_read_before_the_books_are_written(
    app: Flask, db: Session, side: Bringers, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    filed = csv_file(CLIENTS, cells_of(CLIENTS, side.codes))
    visitor = Visitor(app, username_of(db, side.bank))
    robot = Robot(app, make_token(db, side.bank, "matchmaking:read", "matchmaking:write"))
    writes: list[bool] = []
    real = client_lines.read_records

    def noted(*given: Any, **named: Any) -> Table:
        writes.append(bool(database.current().connection().get_execution_options().get(database.WRITES)))
        return real(*given, **named)

    monkeypatch.setattr(client_lines, "read_records", noted)
    for send in ("page", "api"):
        sent = visitor.post("/imports/clients", file=(io.BytesIO(filed.content), "名单.csv"))
        import_id = int(sent.location.rpartition("/")[2])
        if send == "page":
            assert visitor.post(f"{sent.location}/accept").location == "/clients"
        else:
            assert robot.send("POST", f"/imports/{import_id}/acceptance", json={}).json["state"] == "accepted"
    assert writes
    assert not any(writes)


def test_a_template_filled_in_with_a_row_is_read_back(db: Session, side: Bringers) -> None:
    for kind in KINDS:
        filed = MarketFile(f"{kind}.csv", csv_template(kind))
        assert [fault.rule for fault in service.look(db, side.of(kind), kind, filed, today=TODAY).errors] == ["no_rows"]
        empty = MarketFile(f"{kind}.xlsx", workbook_template(kind))
        assert [fault.rule for fault in service.look(db, side.of(kind), kind, empty, today=TODAY).errors] == ["no_rows"]


def test_the_page_shows_what_is_wrong_then_takes_the_mended_file(app: Flask, db: Session, side: Bringers) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    visitor = Visitor(app, username_of(db, side.bank))
    assert "下载 XLSX 模板" in visitor.get("/imports/products").text
    assert visitor.get("/imports/products/template.xlsx").data[:2] == b"PK"
    wrong = csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes, rate_min="5.10"))
    sent = visitor.post("/imports/products", file=(io.BytesIO(wrong.content), "产品.csv"))
    page = visitor.get(sent.location).text
    assert "有 1 处要改，一行也没有记" in page
    assert "range_reversed" in visitor.get(f"{sent.location}/errors.csv").text
    right = csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes))
    sent = visitor.post("/imports/products", file=(io.BytesIO(right.content), "产品.csv"))
    page = visitor.get(sent.location).text
    assert "SH-1" in page
    assert "10 万到 500 万，3 到 36 个月，3.85% 起" in page
    assert "产品.csv" in visitor.get("/imports/products").text
    files = [visitor.get(f"/imports/products?state={state}&format=csv").text for state in ("read", "dropped")]
    assert ["产品.csv" in file for file in files] == [True, False]
    done = visitor.post(f"{sent.location}/accept", publish="yes")
    assert done.location == "/products/mine"
    assert "收下了 1 行" in visitor.get("/products/mine").text
    assert visitor.get("/imports/clients").status_code == 200
    assert Visitor(app, username_of(db, side.rival)).get(sent.location).status_code == 404
    _an_organiser_says_where_the_consents_are(app, db, side)


def _an_organiser_says_where_the_consents_are(app: Flask, db: Session, side: Bringers) -> None:
    visitor = Visitor(app, username_of(db, side.organiser))
    filed = csv_file(REQUESTS, cells_of(REQUESTS, side.codes))
    sent = visitor.post("/imports/requests", file=(io.BytesIO(filed.content), "申请.csv"))
    bare = visitor.post(f"{sent.location}/accept", audience="session_banks", until="2023-01-31")
    assert bare.status_code == 422
    long = visitor.post(f"{sent.location}/accept", audience="session_banks", until="2024-01-31", document="平金工31号")
    assert (long.status_code, "最长一年" in long.text) == (422, True)
    done = visitor.post(f"{sent.location}/accept", audience="session_banks", until="2023-01-31", document="平金工31号")
    assert done.location == "/requests"


def test_the_api_brings_looks_and_takes(app: Flask, db: Session, side: Bringers) -> None:
    app.extensions["clock"] = Clock.starting_at(NOW)
    robot = Robot(app, make_token(db, side.bank, "matchmaking:read", "matchmaking:write"))
    filed = csv_file(CLIENTS, cells_of(CLIENTS, side.codes), cells_of(CLIENTS, side.codes))
    made = robot.send("POST", "/imports/clients", data={"file": (io.BytesIO(filed.content), "clients.csv")})
    assert made.status_code == 201, made.text
    assert made.json["can_be_taken"] is False
    assert [(one["row"], one["column"], one["rule"]) for one in made.json["faults"]] == [
        (3, "enterprise_code", "repeated")
    ]
    refused = robot.send("POST", f"/imports/{made.json['id']}/acceptance", json={})
    assert (refused.status_code, refused.json["code"]) == (422, "file_refused")
    filed = csv_file(CLIENTS, cells_of(CLIENTS, side.codes))
    made = robot.send("POST", "/imports/clients", data={"file": (io.BytesIO(filed.content), "clients.csv")})
    (row,) = made.json["rows"]
    assert (row["row"], row["key"], row["action"], row["words"]["zh"]) == (2, STRANGER, "new", "2019-03-18 起")
    assert robot.send("POST", f"/imports/{made.json['id']}/acceptance", json={}).json["state"] == "accepted"
    (one,) = robot.get("/clients").json["items"]
    assert (one["code"], one["since"]) == (STRANGER, "2019-03-18")
    assert robot.send("DELETE", f"/clients/{one['id']}").status_code == 204
    assert robot.get("/clients").json["items"] == []


def test_the_command_line_brings_a_file_or_tells_every_fault(
    app: Flask, db: Session, side: Bringers, tmp_path: Path
) -> None:
    good, bad = (
        csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes)),
        csv_file(PRODUCTS, cells_of(PRODUCTS, side.codes, term_max="999")),
    )
    for name, filed in (("good.csv", good), ("bad.csv", bad)):
        (tmp_path / name).write_bytes(filed.content)
    who, obj = username_of(db, side.bank), {"make_app": lambda: app}
    run = CliRunner()
    refused = run.invoke(import_file, ["products", str(tmp_path / "bad.csv"), "--as", who], obj=obj)
    assert isinstance(refused.exception, FileRefused)
    assert "bad.csv:2 term_max “999” out_of_range" in refused.output
    looked = run.invoke(import_file, ["products", str(tmp_path / "good.csv"), "--as", who, "--dry-run"], obj=obj)
    assert (looked.exit_code, "新的 1" in looked.output) == (0, True), looked.output
    done = run.invoke(import_file, ["products", str(tmp_path / "good.csv"), "--as", who, "--publish"], obj=obj)
    assert done.exit_code == 0, done.output
    db.rollback()
    assert [one.product.state for one in own_products(db, side.bank, Asked()).items] == ["published"]
    assert offer(db, side.bank).product.code.startswith("P")
    assert db.exec(select(LoanProduct.code).order_by(col(LoanProduct.id))).first() == "SH-1"
