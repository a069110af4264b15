"""What stood when sign-up closed is what the match reads, whatever changes afterwards; and the files hold all of it."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlmodel import Session, delete

from config.cli import cli
from config.settings import Settings
from kernel import database
from kernel.errors import Refused
from kernel.policies import PolicyBook
from matchmaking.products import service as products
from matchmaking.requests import service as requests
from matchmaking.sessions import blocks, outcome, running
from matchmaking.sessions.files import file_for
from matchmaking.sessions.models import FrozenMarket, WeeklySession
from tests.matchmaking.people import (
    KEY,
    NOW,
    SEED,
    ask,
    bank,
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
LATER = NOW + timedelta(minutes=5)


def decided(db: Session, made: WeeklySession) -> dict[str, bytes]:
    """What the match would publish if it ran now, inputs included."""
    db.expire_all()
    computed = running.compute(running.prepare(db, made.id or 0, book=BOOK, key=KEY))
    return computed.files | computed.inputs


def test_nothing_that_changes_after_closing_reaches_the_match(db: Session) -> None:
    people = town(db)
    kept, gone = offer(db, people.near), offer(db, people.far, rate_min=Decimal("4.05"))
    made = session(db, people.organiser)
    for place in (people.near, people.far):
        join_bank(db, place, made, desks=2)
    filed = [ask(db, one) for one in people.firms]
    for owner, one in zip(people.firms, filed, strict=True):
        join_request(db, owner, made, one.id)
    step(db, people.organiser, made, "close")
    before = decided(db, made)
    assert before["meetings.csv"].count(b"\n") == 7

    dearer = replace(kept.terms, rate_min=Decimal("4.60"), amount_max=200_000_000)
    database.write(db, lambda db: products.change(db, people.near, kept.id, terms=dearer, seen=1, at=LATER))
    database.write(db, lambda db: products.move(db, people.far, gone.id, "withdraw", at=LATER))
    offer(db, people.far, name="新上的", rate_min=Decimal("3.00"))
    smaller = replace(filed[0].terms, amount=50_000_000, vetoed_institutions=(party_code(db, people.near),))
    database.write(db, lambda db: requests.change(db, people.firms[0], filed[0].id, terms=smaller, seen=1, at=LATER))
    code = party_code(db, people.firms[1])
    database.write(db, lambda db: blocks.block(db, people.near, enterprise_code=code, reason="正在打官司", at=LATER))
    assert decided(db, made) == before

    running.match(db, made.id or 0, book=BOOK, key=KEY, by=people.organiser.actor, at=LATER)
    step(db, people.organiser, made, "publish")
    lines = outcome.meetings_for(db, people.firms[0], made, today=TODAY)
    assert {(line.bank.name, line.product_since) for line in lines} == {
        ("沙河农村商业银行", "changed"),
        ("应河城市商业银行", "withdrawn"),
    }
    assert {line.request.amount for line in lines if line.request} == {300_000_000}


def test_a_block_lifted_after_closing_still_holds_for_this_session(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    code = party_code(db, people.firms[0])
    row = database.write(
        db, lambda db: blocks.block(db, people.near, enterprise_code=code, reason="正在打官司", at=NOW)
    )
    made = session(db, people.organiser)
    join_bank(db, people.near, made, desks=1)
    join_request(db, people.firms[0], made, ask(db, people.firms[0]).id)
    step(db, people.organiser, made, "close")
    database.write(db, lambda db: blocks.lift(db, people.near, row.id or 0, at=LATER))
    assert decided(db, made)["meetings.csv"].count(b"\n") == 1


def test_a_session_with_blocks_is_made_again_from_its_three_files(db: Session, tmp_path: Path) -> None:
    people = town(db)
    offer(db, people.near)
    offer(db, people.far, rate_min=Decimal("4.05"))
    absent = bank(db, "昆阳农村商业银行")
    for lender, firm in ((people.near, people.firms[0]), (people.far, people.firms[1]), (absent, people.firms[2])):
        code = party_code(db, firm)
        database.write(
            db,
            lambda db, lender=lender, code=code: blocks.block(
                db, lender, enterprise_code=code, reason="正在打官司", at=NOW
            ),
        )
    made = matched(db, people, BOOK)
    for name in ("banks.csv", "products.csv", "requests.csv", "meetings.csv", "unmatched.csv", "certificate.json"):
        (tmp_path / name).write_bytes(file_for(db, people.organiser, made, name, today=TODAY))
    met = {
        row.split(",")[:2][0] + row.split(",")[1] for row in (tmp_path / "meetings.csv").read_text().splitlines()[1:]
    }
    assert len(met) == 4
    assert party_code(db, people.firms[0]) + party_code(db, people.near) not in met
    asked = (tmp_path / "requests.csv").read_text()
    assert party_code(db, people.near) in asked
    assert party_code(db, absent) not in asked

    command = ["match", "--week", made.week, "--slots", str(made.slots), "--seed", SEED.hex()]
    for kind in ("banks", "products", "requests"):
        command += [f"--{kind}", str(tmp_path / f"{kind}.csv")]
    run = CliRunner().invoke(cli, [*command, "--out", str(tmp_path / "again")])
    assert run.exit_code == 0, run.output
    for name in ("meetings.csv", "unmatched.csv", "certificate.json"):
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / name).read_bytes(), name


def test_the_size_of_an_enterprise_reaches_the_certificate(db: Session) -> None:
    people = town(db)
    offer(db, people.near)
    made = matched(db, people, BOOK)
    paper = file_for(db, people.organiser, made, "certificate.json", today=TODAY).decode()
    assert '"size":{"individual_business":{' in paper
    assert '"unknown"' not in paper


def test_a_session_whose_market_was_not_kept_is_not_matched(db: Session) -> None:
    people = town(db)
    made = session(db, people.organiser)
    step(db, people.organiser, made, "close")
    database.write(db, lambda db: db.execute(delete(FrozenMarket)))
    with pytest.raises(Refused) as refused:
        running.prepare(db, made.id or 0, book=BOOK, key=KEY)
    assert refused.value.code == "market_not_frozen"
