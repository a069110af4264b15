"""The files of a session are those of file mode, byte for byte, and its inputs are all that file mode needs."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

from click.testing import CliRunner
from sqlmodel import Session

from config.cli import cli
from config.settings import Settings
from kernel.policies import PolicyBook
from matchmaking.sessions.files import COLUMN_OF, PLAN, file_for
from matchmaking.sessions.models import WeeklySession
from tests.matchmaking.people import (
    SEED,
    Town,
    ask,
    firm,
    join_bank,
    join_request,
    matched,
    offer,
    party_code,
    session,
    step,
    town,
)

BOOK = PolicyBook.load(Settings().policies_dir)
TODAY = date(2022, 10, 27)
RESULTS = ("ranking.csv", "meetings.csv", "unmatched.csv", "certificate.json")


def a_motley_session(db: Session, people: Town) -> WeeklySession:
    """Every kind of term: tags, quotas, wishes, vetoes, two requests of one firm, a bank with breaks, one nobody can serve."""
    near, far = people.near, people.far
    offer(db, near)
    offer(db, near, name="专精特新贷", required_tags=("specialised",), rate_min=Decimal("3.4501"), quota=350_000_000)
    offer(
        db,
        far,
        name="惠企周转贷",
        rate_min=Decimal("4.8"),
        rate_max=Decimal("5.2"),
        regions=("410402", "410482"),
        purposes=("procurement",),
    )
    offer(db, far, name="首贷优享", required_tags=("first_loan",), guarantee_kinds=("credit",), industries=("F",))
    made = session(db, people.organiser, rooms=3)
    join_bank(db, near, made, desks=2, breaks=3)
    join_bank(db, far, made, desks=1, seats=5)
    one, two, three = people.firms
    wishes = {"preferred_institutions": (party_code(db, far),)}
    requests = [
        (one, ask(db, one)),
        (one, ask(db, one, purpose="procurement", amount=12_345_678, rate_ceiling=Decimal("4.85"), **wishes)),
        (two, ask(db, two, needed_by=date(2022, 12, 1), vetoed_institutions=(party_code(db, far),))),
        (three, ask(db, three, tags=("first_loan",), guarantee_kinds=("credit",), meetings_wanted=1)),
    ]
    poor = firm(db, "天青瓷业有限公司")
    requests.append((poor, ask(db, poor, rate_ceiling=Decimal("1"))))
    for owner, filed in requests:
        join_request(db, owner, made, filed.id)
    return step(db, people.organiser, matched(db, people, BOOK, made), "publish")


def test_file_mode_on_the_downloaded_inputs_writes_the_downloaded_results(db: Session, tmp_path: Path) -> None:
    people = town(db)
    made = a_motley_session(db, people)
    for name in (*COLUMN_OF, PLAN):
        (tmp_path / name).write_bytes(file_for(db, people.organiser, made, name, today=TODAY))
    command = ["match", "--week", made.week, "--slots", str(made.slots), "--rooms", "3", "--seed", SEED.hex()]
    for kind in ("banks", "products", "requests"):
        command += [f"--{kind}", str(tmp_path / f"{kind}.csv")]
    run = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "again")])
    assert run.exit_code == 0, run.output
    for name in RESULTS:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes(), name
    assert (tmp_path / "meetings.csv").read_text().count("\n") > 4


def test_the_certificate_keeps_the_published_commitment_and_verifies_offline(db: Session, tmp_path: Path) -> None:
    people = town(db)
    made = a_motley_session(db, people)
    paper = tmp_path / "certificate.json"
    paper.write_bytes(file_for(db, people.organiser, made, "certificate.json", today=TODAY))
    run = CliRunner().invoke(cli, ["verify", "session", str(paper), "--commitment", made.commitment])
    assert run.exit_code == 0, run.output
    forged = json.loads(paper.read_bytes())
    forged["coverage"]["met"] += 1
    paper.write_text(json.dumps(forged))
    assert CliRunner().invoke(cli, ["verify", "session", str(paper)]).exit_code == 1
