"""A chain alone shows neither a tail cut off nor a trail computed anew; published checkpoints show both."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from kernel import database
from kernel.audit.chain import GENESIS, Link, digest_of
from kernel.audit.checkpoints import FILE, PRIVATE, Checkpoint, Checkpoints
from kernel.audit.models import AuditEntry, AuditHead
from kernel.audit.service import THE_SERVICE, record
from kernel.audit.watching import checkpoints, publish_due, trail_state

pytestmark = pytest.mark.both_databases

AT = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)


def write(db: Session, count: int, *, checkpoint: bool = False) -> None:
    def work(db: Session) -> None:
        for place in range(count):
            record(db, "thing.change", by=THE_SERVICE, subject=("thing", place), at=AT, checkpoint=checkpoint)

    database.write(db, work)


def recompute(db: Session) -> None:
    """Every digest anew from the first entry on, as someone with the whole database could."""

    def work(db: Session) -> None:
        previous = GENESIS
        for row in db.exec(select(AuditEntry).order_by(col(AuditEntry.number))).all():
            values = {name: getattr(row, name) for name in Link.__dataclass_fields__}
            digest = digest_of(Link(**values), previous)
            changed = update(AuditEntry).where(col(AuditEntry.number) == row.number)
            db.execute(changed.values(previous_digest=previous, digest=digest))
            previous = digest
        db.execute(update(AuditHead).values(digest=previous))

    database.write(db, work)
    db.expire_all()


def doctored(db: Session, change: Callable[[Session], object]) -> None:
    database.write(db, change)
    db.expire_all()


def test_a_head_is_published_after_a_hundred_entries_or_five_minutes(db: Session) -> None:
    kept = checkpoints()
    write(db, 3)
    first = publish_due(db, kept, at=AT)
    assert first is not None
    assert first.number == 3
    assert publish_due(db, kept, at=AT + timedelta(hours=1)) is None
    write(db, 1)
    assert publish_due(db, kept, at=AT + timedelta(minutes=4)) is None
    second = publish_due(db, kept, at=AT + timedelta(minutes=5))
    write(db, 100)
    third = publish_due(db, kept, at=AT + timedelta(minutes=6))
    assert second is not None
    assert third is not None
    assert [one.number for one in kept] == [3, second.number, third.number] == [3, 4, 104]


def test_an_approval_publishes_its_head_at_once_and_a_change_rolled_back_publishes_none(db: Session) -> None:
    write(db, 2, checkpoint=True)
    assert [one.number for one in checkpoints()] == [2]

    def fails(db: Session) -> None:
        record(db, "thing.approve", by=THE_SERVICE, subject=("thing", 1), at=AT, checkpoint=True)
        raise LookupError("the change fails after all")

    with pytest.raises(LookupError):
        database.write(db, fails)
    write(db, 1)
    assert [one.number for one in checkpoints()] == [2]


def test_an_honest_trail_agrees_with_its_checkpoints(db: Session) -> None:
    write(db, 5, checkpoint=True)
    write(db, 3)
    state = trail_state(db, checkpoints())
    assert state.is_sound
    assert (state.entries, state.checkpoints) == (8, 1)


def test_a_tail_cut_off_is_seen_though_the_chain_is_whole(db: Session) -> None:
    write(db, 6, checkpoint=True)

    def cut(db: Session) -> None:
        db.execute(delete(AuditEntry).where(col(AuditEntry.number) > 4))
        last = db.exec(select(AuditEntry).where(AuditEntry.number == 4)).one()
        db.execute(update(AuditHead).values(number=4, digest=last.digest))

    doctored(db, cut)
    state = trail_state(db, checkpoints())
    assert state.broken_at is None
    assert state.contradicted == (6,)


def test_an_edit_is_named_by_the_chain_and_a_full_recomputation_by_the_checkpoints(db: Session) -> None:
    seed = random.randrange(10**9)
    print(f"seed {seed}")
    edited = random.Random(seed).randint(1, 6)
    write(db, 6, checkpoint=True)
    doctored(
        db, lambda db: db.execute(update(AuditEntry).where(col(AuditEntry.number) == edited).values(act="thing.forge"))
    )
    assert trail_state(db, checkpoints()).broken_at == edited
    recompute(db)
    state = trail_state(db, checkpoints())
    assert state.broken_at is None
    assert state.contradicted == (6,)


def test_a_checkpoint_that_was_edited_is_not_signed(db: Session) -> None:
    write(db, 2, checkpoint=True)
    file = checkpoints().folder / FILE
    file.write_text(file.read_text().replace('"number":2', '"number":1'))
    assert trail_state(db, checkpoints()).unsigned == (1,)


def test_a_line_torn_by_a_crash_is_passed_over_and_cut_off_by_the_next(db: Session) -> None:
    write(db, 2, checkpoint=True)
    with (checkpoints().folder / FILE).open("a") as file:
        file.write('{"number":9,"dig')
    assert [one.number for one in checkpoints()] == [2]
    write(db, 1, checkpoint=True)
    assert [one.number for one in checkpoints()] == [2, 3]
    assert checkpoints().last.number == 3


def test_the_key_is_for_the_service_alone(tmp_path: Path) -> None:
    made = Checkpoints(tmp_path)
    made.publish(1, "a" * 64, at=AT)
    assert (tmp_path / PRIVATE).stat().st_mode & 0o777 == 0o600


def _publish(folder: Path, first: int) -> None:
    for number in range(first, first + 40):
        Checkpoints(folder).publish(number, f"{number:064x}", at=AT)


def test_two_processes_publish_into_one_file(tmp_path: Path) -> None:
    context = get_context("spawn")
    both = [context.Process(target=_publish, args=(tmp_path, first)) for first in (1, 21)]
    for process in both:
        process.start()
    for process in both:
        process.join()
    numbers = [one.number for one in Checkpoints(tmp_path)]
    assert numbers == sorted(set(numbers))
    assert numbers[-1] == 60
    key = Checkpoints(tmp_path).verifying_key
    assert all(one.is_signed_by(key) for one in Checkpoints(tmp_path))


def test_checkpoints_are_public_and_can_be_read_back(app: Flask, db: Session) -> None:
    write(db, 3, checkpoint=True)
    client = app.test_client()
    line = client.get("/audit/checkpoints.jsonl").text.strip()
    assert Checkpoint.parse(line) == checkpoints().last
    assert client.get("/audit/checkpoint-key.pem").text == checkpoints().public_key
