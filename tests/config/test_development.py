"""What only development mounts, and how the log speaks where."""

from dataclasses import replace

import pytest
import structlog

from config import log
from config.app import create_app
from config.settings import Settings, from_environment


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
