"""Going back below the sign-ups makes no stranger an ordinary firm."""

import pytest
from sqlmodel import Session

from config import migrating
from kernel import database
from matchmaking.enrolment import service
from tests.factories import NOW
from tests.matchmaking.enrolment.applicants import city, enrolled


def test_the_books_do_not_go_back_while_a_firm_is_unconfirmed(db: Session, books_url: str) -> None:
    row, officer = enrolled(db), city(db)
    number = row.id or 0
    db.rollback()
    with pytest.raises(RuntimeError, match="没有核实身份"):
        migrating.downgrade(books_url, "0039")
    migrating.upgrade(books_url)
    assert migrating.differences(books_url) is None
    database.write(db, lambda db: service.confirm(db, officer, number, at=NOW))
    db.rollback()
    migrating.downgrade(books_url, "0039")
    migrating.upgrade(books_url)
    assert migrating.differences(books_url) is None
