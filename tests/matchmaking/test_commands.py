"""`yinqi match` and `yinqi verify session`: files in, files out, and the exit status."""

import json
import random
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kernel.policies import PolicyBook
from matchmaking.commands import match
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching_policy import matching_policy
from matchmaking.verify_commands import verify
from tests.matchmaking.test_market_files import BANKS, PRODUCTS, REQUESTS

POLICIES = Path(__file__).parents[2] / "config" / "policies"
SEED = "00112233445566778899aabbccddeeff"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    for name, content in (("banks", BANKS), ("products", PRODUCTS), ("requests", REQUESTS)):
        (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
    return tmp_path


def run(files: Path, out: str, *more: str, week: str = "2022-W24", seed: str | None = SEED) -> Result:
    named = [part for name in ("banks", "products", "requests") for part in (f"--{name}", str(files / f"{name}.csv"))]
    seeded = ["--seed", seed] if seed else []
    arguments = [*named, "--week", week, "--slots", "4", "--policies", str(POLICIES), "--out", str(files / out)]
    return CliRunner().invoke(match, [*arguments, *seeded, *more])


def written(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_a_session_writes_its_four_files_and_its_certificate_verifies(files: Path) -> None:
    done = run(files, "out")
    assert done.exit_code == 0, done.output
    found = written(files / "out")
    assert list(found) == ["certificate.json", "meetings.csv", "ranking.csv", "unmatched.csv"]
    assert found["meetings.csv"].decode("utf-8-sig").splitlines() == [
        "enterprise_code,institution_code,request_id,product_id,round,slot,desk,room",
        "91410411MA0000031E,91410402MA0000015P,R1,P1,1,1,1,1",
    ]
    ranking = found["ranking.csv"].decode("utf-8-sig").splitlines()
    assert ranking[0] == "request_id,rank,product_id,institution_code,score,reasons"
    assert ranking[1].startswith("R1,1,P1,91410402MA0000015P,")
    assert found["unmatched.csv"].decode("utf-8-sig") == "request_id,reason_codes,near_misses\n"
    checked = CliRunner().invoke(verify, ["session", str(files / "out" / "certificate.json")])
    assert checked.exit_code == 0
    assert "everything" in checked.output


def test_the_same_input_gives_the_same_bytes_whatever_the_order_of_rows(files: Path) -> None:
    more = [
        REQUESTS.splitlines()[1].replace("R1,", f"R{number},").replace("0031E", f"0{number:03d}E")
        for number in range(2, 30)
    ]
    header, first = REQUESTS.splitlines()
    outputs = []
    for turn in range(3):
        rows = [first, *more]
        random.Random(turn).shuffle(rows)
        (files / "requests.csv").write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        assert run(files, f"out{turn}").exit_code == 0
        outputs.append(written(files / f"out{turn}"))
    assert outputs[0] == outputs[1] == outputs[2]


def test_refused_input_writes_only_the_error_report_and_exits_1(files: Path) -> None:
    (files / "requests.csv").write_text(REQUESTS.replace(",12,4.5,", ",0,99,"), encoding="utf-8")
    done = run(files, "out")
    assert done.exit_code == 1
    assert list(written(files / "out")) == ["errors.csv"]
    lines = (files / "out" / "errors.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [line.split(",")[:3] for line in lines[1:3]] == [
        ["requests.csv", "2", "rate_ceiling"],
        ["requests.csv", "2", "term"],
    ]


def test_the_report_of_a_refused_run_is_gone_once_the_input_is_taken(files: Path) -> None:
    good = (files / "products.csv").read_text(encoding="utf-8")
    (files / "products.csv").write_text(good.replace("P1", ""), encoding="utf-8")
    assert run(files, "out").exit_code == 1
    assert list(written(files / "out")) == ["errors.csv"]
    (files / "products.csv").write_text(good, encoding="utf-8")
    assert run(files, "out").exit_code == 0
    assert "errors.csv" not in written(files / "out")


def test_warnings_of_another_command_in_the_same_folder_stay(files: Path) -> None:
    (files / "out").mkdir()
    report = "file,row,column,value,rule,severity,message_zh,message_en\na.csv,2,b,c,to_confirm,warning,请核对,check\n"
    (files / "out" / "errors.csv").write_text(report, encoding="utf-8")
    assert run(files, "out").exit_code == 0
    assert (files / "out" / "errors.csv").read_text(encoding="utf-8") == report


def test_a_day_without_matching_policy_is_refused_and_never_guessed(files: Path) -> None:
    done = run(files, "out", week="2019-W24")
    assert done.exit_code == 1
    assert "policy_silent" in (files / "out" / "errors.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    "wrong", [("--slots", "0"), ("--seed", "xyz"), ("--levels", "-1"), ("--week", "2022-24"), ("--rooms", "0")]
)
def test_wrong_use_exits_2_and_writes_nothing(files: Path, wrong: tuple[str, str]) -> None:
    assert run(files, "out", *wrong).exit_code == 2
    assert not (files / "out").exists()


def test_without_a_seed_one_is_drawn_printed_and_certified(files: Path) -> None:
    done = run(files, "out", seed=None)
    seed = json.loads((files / "out" / "certificate.json").read_text(encoding="utf-8"))["lottery"]["seed"]
    assert f"seed {seed}" in done.output
    assert run(files, "again", seed=seed).exit_code == 0
    assert written(files / "out") == written(files / "again")


def test_the_private_list_names_every_party(files: Path) -> None:
    assert run(files, "out", "--pseudonyms", str(files / "private.csv")).exit_code == 0
    rows = (files / "private.csv").read_text(encoding="utf-8-sig").splitlines()
    assert [row.split(",")[:2] for row in rows] == [
        ["kind", "code"],
        ["bank", "91410402MA0000015P"],
        ["bank", "91410482MA0000023E"],
        ["enterprise", "91410411MA0000031E"],
    ]


def test_a_doctored_certificate_exits_1_and_says_what_does_not_hold(files: Path) -> None:
    run(files, "out")
    path = files / "out" / "certificate.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"slots":4', '"slots":5'), encoding="utf-8")
    done = CliRunner().invoke(verify, ["session", str(path)])
    assert done.exit_code == 1
    assert "digest" in done.output


def test_the_shipped_policy_is_what_the_rules_default_to() -> None:
    book = PolicyBook.load(POLICIES)
    from_files = matching_policy(book, book.scheme("matching").parameter("points").values[0].since)
    assert from_files == MatchingPolicy(digest=book.scheme("matching").digest)
