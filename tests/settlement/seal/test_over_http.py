"""Seals and receipts on pages, over the API and on the command line."""

import json
from pathlib import Path
from random import Random

import pytest
from click.testing import CliRunner
from flask import Flask

from config.cli import cli
from settlement.seal.receipt_verifier import verify_receipt
from settlement.seal.verifier import canonical, verify
from tests.factories import Visitor, make_bureau, make_person, username_of
from tests.settlement.filing_floor import Floor
from tests.settlement.seal.seal_floor import SealFloor, make_seal_floor

PAGE = "/quarters/2022Q3/seal"


@pytest.fixture
def made(app: Flask, floor: Floor) -> SealFloor:
    return make_seal_floor(floor, app.extensions["checkpoints"].folder)


def auditor_of(app: Flask, made: SealFloor) -> Visitor:
    person = make_person(made.db, make_bureau(made.db, "市审计局"), "auditor")
    return Visitor(app, username_of(made.db, person))


def bank_of(app: Flask, made: SealFloor) -> tuple[Visitor, str, str]:
    """The first bank's checker, the number of its statement, and that of the other bank's."""
    visitor = Visitor(app, username_of(made.db, made.bank.checker))
    (own,) = visitor.send("GET", "/statements?quarter=2022Q3").get_json()["items"]
    operator = Visitor(app, username_of(made.db, made.bureau.hands["operator"]))
    items = operator.send("GET", "/statements?quarter=2022Q3").get_json()["items"]
    other = next(one["number"] for one in items if one["number"] != own["number"])
    return visitor, own["number"], other


def test_an_auditor_seals_a_quarter_and_takes_a_file_that_holds(app: Flask, made: SealFloor, tmp_path: Path) -> None:
    auditor = auditor_of(app, made)
    assert "还没有封存" in auditor.get(PAGE).text
    shown = auditor.post(PAGE, follow=True).text
    assert "已封存" in shown
    assert "yinqi verify quarter 2022Q3-seal-1.zip" in shown
    path, published = tmp_path / "taken.zip", auditor.get("/audit/checkpoints.jsonl").text
    path.write_bytes(auditor.get(f"{PAGE}/1/file").data)
    assert verify(path, published) == []
    (told,) = auditor.send("GET", "/quarters/2022Q3/seals").get_json()
    assert (told["quarter"], told["sequence"]) == ("2022Q3", 1)
    assert auditor.send("GET", "/quarters/2022Q3/seals/1/file").data == path.read_bytes()
    assert auditor.send("GET", "/quarters/2022Q3/seals/2/file").status_code == 404


def test_only_operator_and_auditor_seal_and_take_and_banks_do_not_see_the_page(app: Flask, made: SealFloor) -> None:
    made.seal()
    reviewer = Visitor(app, username_of(made.db, made.bureau.hands["reviewer"]))
    bank, _own, _other = bank_of(app, made)
    assert reviewer.get(PAGE).status_code == 200
    assert f"{PAGE}/1/file" not in reviewer.get(PAGE).text
    for visitor in (reviewer, bank):
        assert visitor.get(f"{PAGE}/1/file").status_code == 403
        assert visitor.send("POST", "/quarters/2022Q3/seals").status_code == 403
    assert bank.get(PAGE).status_code == 403
    operator = Visitor(app, username_of(made.db, made.bureau.hands["operator"]))
    operator.get("/quarters")
    assert operator.send("POST", "/quarters/2022Q3/seals").status_code == 201
    assert operator.send("POST", "/quarters/2022Q1/seals").status_code == 422


def test_a_bank_takes_its_own_receipt_and_checks_it_against_what_was_published(
    app: Flask, made: SealFloor, tmp_path: Path
) -> None:
    bank, own, other = bank_of(app, made)
    assert bank.get(f"/statements/{own}/receipt.json").status_code == 404
    made.seal()
    assert f"/statements/{own}/receipt.json" in bank.get("/receipts").text
    assert f"/statements/{other}/" not in bank.get("/receipts").text
    of_quarter = [bank.get(f"/receipts?quarter={one}&format=csv").text for one in ("2022Q3", "2022Q2")]
    assert [own in text for text in of_quarter] == [True, False]
    assert other not in of_quarter[0]
    taken = bank.get(f"/statements/{own}/receipt.json")
    assert taken.data == bank.send("GET", f"/statements/{own}/receipt").data
    path = tmp_path / "receipt.json"
    path.write_bytes(taken.data)
    assert verify_receipt(path, made.published) == []
    assert other not in taken.text
    assert made.other.party.name not in taken.text
    missing = bank.get("/statements/GR-2022Q3-99/receipt.json")
    foreign = bank.get(f"/statements/{other}/receipt.json")
    assert (missing.status_code, foreign.status_code) == (404, 404)


def test_every_change_of_a_receipt_shows(app: Flask, made: SealFloor, tmp_path: Path) -> None:
    bank, own, _other = bank_of(app, made)
    made.seal()
    content, path, random = bank.get(f"/statements/{own}/receipt.json").data, tmp_path / "receipt.json", Random(8)
    for _ in range(400):
        changed = bytearray(content)
        at = random.randrange(len(changed))
        changed[at] ^= random.randrange(1, 128)
        path.write_bytes(changed)
        assert verify_receipt(path, made.published), at


def test_a_receipt_written_anew_from_the_statement_up_is_not_what_was_published(
    app: Flask, made: SealFloor, tmp_path: Path
) -> None:
    bank, own, _other = bank_of(app, made)
    made.seal()
    forged = json.loads(bank.get(f"/statements/{own}/receipt.json").data)
    statement = json.loads(forged["statement"])
    statement["beneficiary_name"] = "别家"
    path = tmp_path / "receipt.json"
    path.write_text(canonical(forged | {"statement": canonical(statement)}))
    assert [(one.row, one.field) for one in verify_receipt(path, made.published)] == [("entry", "detail.statements")]


def test_the_command_line_checks_both_papers_and_says_where_they_break(
    app: Flask, made: SealFloor, tmp_path: Path
) -> None:
    bank, own, _other = bank_of(app, made)
    seal = made.seal()
    quarter, receipt, published = (tmp_path / name for name in ("q.zip", "r.json", "checkpoints.jsonl"))
    quarter.write_bytes(made.file(seal))
    receipt.write_bytes(bank.get(f"/statements/{own}/receipt.json").data)
    published.write_text(made.published)
    run = CliRunner().invoke
    for command, file in (("quarter", quarter), ("receipt", receipt)):
        for given in (str(published), made.published.splitlines()[-1]):
            assert run(cli, ["verify", command, str(file), "--checkpoint", given]).exit_code == 0
        alone = run(cli, ["verify", command, str(file)])
        assert (alone.exit_code, "--checkpoint" in alone.output) == (0, True)
        file.write_bytes(file.read_bytes().replace(b"GR-2022Q3-01", b"GR-2022Q3-07"))
        ended = run(cli, ["verify", command, str(file)])
        assert ended.exit_code == 1
        assert "things do not hold" in ended.output
    wrong = run(cli, ["verify", "quarter", str(quarter), "--checkpoint", "nowhere"])
    assert wrong.exit_code == 2
