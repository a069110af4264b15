"""What only development mounts, and how the log speaks where."""

import json
import socket
from dataclasses import replace
from pathlib import Path

import pytest
import structlog
from click.testing import CliRunner

from config import log
from config.app import create_app
from config.demonstration.commands import demo
from config.settings import Settings, SettingsRefused, from_environment


def test_the_page_of_components_is_there_in_development_only(settings: Settings) -> None:
    assert create_app(settings).test_client().get("/design").status_code == 404
    for language in ("zh", "en"):
        answer = create_app(replace(settings, development=True)).test_client().get(f"/design?lang={language}")
        assert answer.status_code == 200
    assert from_environment({"YINQI_DEVELOPMENT": "1"}).development


def test_the_log_speaks_to_people_in_a_demonstration_and_to_machines_elsewhere(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = {}
    for demonstration in (True, False):
        log.set_up(stream_is_terminal=False, demonstration=demonstration)
        structlog.get_logger().info("job_done", job="draft_statements")
        lines[demonstration] = capsys.readouterr().err
    log.set_up(stream_is_terminal=False, level=50)
    assert lines[False].startswith("{")
    assert "job_done" in lines[True]
    assert not lines[True].startswith("{")
    assert "\x1b" not in lines[True]


def test_with_a_log_file_a_person_sees_warnings_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up(stream_is_terminal=False, demonstration=True, file=tmp_path / "var" / "yinqi.log")
    structlog.get_logger().info("job_done", job="draft_statements")
    structlog.get_logger().warning("table_not_read", file="a.xlsx")
    structlog.get_config()["logger_factory"]._file.close()
    log.set_up(stream_is_terminal=False, level=50)
    said = capsys.readouterr().err
    assert "table_not_read" in said
    assert "job_done" not in said
    lines = [json.loads(line)["event"] for line in (tmp_path / "var" / "yinqi.log").read_text().splitlines()]
    assert lines == ["job_done", "table_not_read"]


def test_a_busy_port_is_told_before_anything_is_loaded_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = Settings(data_dir=tmp_path / "var", port=port)
        with pytest.raises(SettingsRefused, match=f"YINQI_PORT={port + 1}"):
            CliRunner().invoke(demo, ["run"], obj={"settings": settings}, catch_exceptions=False)
    assert not (tmp_path / "var").exists()
