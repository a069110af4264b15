"""`yinqi returns` and `yinqi explain`: here as a named person, or against a running service with a token."""

import json
import threading
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from werkzeug.serving import make_server

from kernel.errors import DomainError, NotFound
from settlement.return_commands import TOKEN, explain, returns
from settlement.statements.drafting import draft_quarter
from tests.factories import NOW, make_token, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, csv_of, loan


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "loans.csv"
    path.write_bytes(csv_of([loan(1), loan(2, balance="125万")]))
    return path


def run(app: Flask, command: Any, *arguments: str, **environment: str) -> Result:
    """The command as the root of the command line would run it, in a context of its own."""

    def invoke() -> Result:
        options = {"obj": {"make_app": lambda: app}, "catch_exceptions": True, "env": environment}
        return CliRunner().invoke(command, list(arguments), **options)

    return Context().run(invoke)


def test_a_return_is_filed_here_as_a_person_and_its_errors_printed(app: Flask, floor: Floor, file: Path) -> None:
    maker = username_of(floor.db, floor.bank.maker)
    done = run(app, returns, "file", str(file), "--quarter", "2022Q3", "--as", maker)
    assert done.exit_code == 1
    assert "有错，没有接受" in done.output
    assert "125万" in done.output
    file.write_bytes(csv_of([loan(1)]))
    done = run(app, returns, "file", str(file), "--quarter", "2022Q3", "--as", maker, "--json")
    told = json.loads(done.output)
    assert (done.exit_code, told["state"], told["version"]) == (0, "filed", 2)
    listed = json.loads(run(app, returns, "list", "--as", maker, "--json").output)
    assert [one["version"] for one in listed] == [2, 1]
    shown = json.loads(run(app, returns, "show", str(listed[1]["id"]), "--as", maker, "--json").output)
    assert [(one["row"], one["column"]) for one in shown["findings"]] == [(3, "balance")]


def test_nobody_acts_without_being_named_and_strangers_find_nothing(app: Flask, floor: Floor, file: Path) -> None:
    assert run(app, returns, "list").exit_code == 2
    filed = floor.file([loan(1)])
    stranger = username_of(floor.db, floor.another_bank().maker)
    assert isinstance(run(app, returns, "show", str(filed.id), "--as", stranger).exception, NotFound)


def test_a_figure_is_explained_down_to_its_rows(app: Flask, floor: Floor) -> None:
    floor.certify(floor.file([loan(1, balance="900000.00")], Q2))
    floor.certify(floor.file([loan(1)], Q3))
    floor.certify_balance(900_000_00, Q2)
    floor.certify_balance(1_000_000_00, Q3)
    draft_quarter(floor.db, Q3, premises=floor.premises, at=NOW)
    operator = username_of(floor.db, floor.operator)
    said = run(app, explain, "GR-2022Q3-01", "--as", operator, "--lang", "en").output
    for part in ("(1,000,000.00 − 900,000.00) × 1% = 1,000.00", "平政办〔2022〕15号 三", "SH0001", "City 50%"):
        assert part in said
    told = json.loads(run(app, explain, "GR-2022Q3-01", "--as", operator, "--json").output)
    assert told["loans"][0]["loan_id"] == "SH0001"


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The service on a port of its own."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{running.port}"
    running.shutdown()
    thread.join()
    running.server_close()


def test_a_return_is_filed_to_a_running_service_with_a_token(app: Flask, floor: Floor, file: Path, server: str) -> None:
    token = make_token(floor.db, floor.bank.maker, "settlement:file", "settlement:read")
    arguments = ("file", str(file), "--quarter", "2022Q3", "--server", server, "--json")
    told = json.loads(run(app, returns, *arguments, **{TOKEN: token}).output)
    assert (told["state"], [one["value"] for one in told["findings"]]) == ("refused", ["125万"])
    refused = run(app, returns, *arguments, **{TOKEN: "yq_wrong"}).exception
    assert isinstance(refused, DomainError)
    assert refused.code == "sign_in_needed"
    assert run(app, returns, *arguments, **{TOKEN: ""}).exit_code == 2


def test_a_service_that_cannot_be_reached_is_one_clear_line(app: Flask, file: Path) -> None:
    arguments = ("file", str(file), "--quarter", "2022Q3", "--server", "http://127.0.0.1:9")
    refused = run(app, returns, *arguments, **{TOKEN: "yq_x"}).exception
    assert isinstance(refused, DomainError)
    assert refused.code == "server_unreachable"
