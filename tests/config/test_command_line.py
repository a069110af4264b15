"""The command line: every command that is listed opens, and the list and the work on files wait for nothing they do not need."""

import subprocess
import sys

import pytest
from click.testing import CliRunner

from config.cli import PLACES, cli

TOLD = (
    "import sys; from config.cli import cli; cli(sys.argv[1:], standalone_mode=False); print('IMPORTED', *sys.modules)"
)


def imported(*words: str) -> set[str]:
    done = subprocess.run([sys.executable, "-c", TOLD, *words], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("IMPORTED")[2].split())


@pytest.mark.parametrize("name", PLACES)
def test_every_command_that_is_listed_opens(name: str) -> None:
    shown = CliRunner().invoke(cli, [name, "--help"])
    assert (shown.exit_code, f"Usage: cli {name} " in shown.output) == (0, True), shown.output


def test_the_list_names_every_command_in_both_languages_and_imports_none_of_them() -> None:
    shown = CliRunner().invoke(cli, ["--help"]).output
    for name, place in PLACES.items():
        chinese, english = place.line.split(" ", 1)
        assert f"  {name} " in shown
        assert (chinese.isascii(), english.isascii()) == (False, True)
        assert place.line in shown
    rooms = {place.written.partition(":")[0] for place in PLACES.values()}
    assert not rooms & imported("--help")


def test_settling_from_files_does_not_wait_for_the_service() -> None:
    assert "config.app" not in imported("settle", "--help")
    assert "matchmaking" not in imported("settle", "--help")


def test_verifying_offers_what_both_rooms_seal() -> None:
    shown = CliRunner().invoke(cli, ["verify", "--help"]).output
    assert all(f"  {name} " in shown for name in ("session", "slice", "quarter", "receipt"))


def test_an_unknown_command_is_refused_with_status_2() -> None:
    assert CliRunner().invoke(cli, ["nothing"]).exit_code == 2
