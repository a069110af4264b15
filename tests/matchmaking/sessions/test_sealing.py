"""The seed of a lottery is nowhere in the books before the match, and no other key opens it."""

import hashlib

import pytest
from sqlalchemy import inspect, text
from sqlmodel import Session

from config.settings import DEMONSTRATION_KEY, Settings
from kernel import database
from kernel.errors import Refused
from kernel.policies import PolicyBook
from matchmaking.sessions import running, service
from matchmaking.sessions.frame import template
from matchmaking.sessions.sealing import opened, seed_under
from tests.matchmaking.people import KEY, NONCE, NOW, SEED, WEEK, organiser, session, step

BOOK = PolicyBook.load(Settings().policies_dir)


def everything_in(db: Session) -> str:
    """Every value of every table, as text."""
    names = inspect(db.get_bind()).get_table_names()
    rows = (row for name in names for row in db.execute(text(f'SELECT * FROM "{name}"')).all())
    return "\n".join(str(value) for row in rows for value in row)  # a row's own text would be cut short


def test_the_books_hold_the_commitment_and_never_the_seed_until_the_match(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    step(db, by, made, "close")
    kept = everything_in(db)
    assert hashlib.sha256(SEED).hexdigest() in kept
    assert SEED.hex() not in kept
    assert KEY.decode() not in kept
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=by.actor, at=NOW)
    assert SEED.hex() in everything_in(db)


def test_another_key_does_not_open_the_seal_and_the_refusal_says_what_to_do(db: Session) -> None:
    by = organiser(db)
    made = session(db, by)
    step(db, by, made, "close")
    with pytest.raises(Refused) as refused:
        running.match(db, made.id or 0, book=BOOK, key=b"some other key of the city", by=by.actor, at=NOW)
    assert refused.value.code == "seal_key_wrong"
    assert "YINQI_SEAL_KEY" in refused.value.text.zh
    assert service.session_by_id(db, made.id or 0).state == "closed"


def test_without_a_key_no_session_is_announced(db: Session) -> None:
    by, frame = organiser(db), template(WEEK)
    with pytest.raises(Refused) as refused:
        database.write(db, lambda db: service.announce(db, by, frame=frame, key=b"", nonce=NONCE, at=NOW))
    assert refused.value.code == "seal_key_missing"


def test_a_key_comes_from_the_settings_and_from_nowhere_else() -> None:
    assert Settings().sealing_key == b""
    assert Settings(secret_key="x" * 40).sealing_key == b""
    assert Settings(seal_key="a key kept apart").sealing_key == b"a key kept apart"
    assert Settings(demonstration=True).sealing_key == DEMONSTRATION_KEY.encode()


def test_every_nonce_gives_another_seed_and_each_seed_comes_again() -> None:
    seeds = {seed_under(KEY, bytes([number]) * 32) for number in range(50)}
    assert len(seeds) == 50
    assert opened(KEY, NONCE, hashlib.sha256(SEED).hexdigest()) == SEED
