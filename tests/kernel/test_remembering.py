"""What pages work out is remembered until the books change, and no longer."""

from datetime import UTC, datetime

from sqlmodel import Session

from kernel.audit.remembering import MOST, Remembering
from kernel.audit.service import THE_SERVICE, record

AT = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)


def changed(db: Session, act: str = "party.rename") -> None:
    record(db, act, by=THE_SERVICE, subject=("party", 1), at=AT)
    db.flush()


class Works:
    """Counts how often it is asked to work."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> int:
        self.times += 1
        return self.times


def test_what_was_worked_out_is_given_again_until_something_changes(db: Session) -> None:
    remembering, works = Remembering(), Works()
    changed(db)
    assert [remembering.of(db, "key", works) for _ in range(3)] == [1, 1, 1]
    changed(db)
    assert remembering.of(db, "key", works) == 2


def test_another_key_is_another_work(db: Session) -> None:
    remembering, works = Remembering(), Works()
    assert [remembering.of(db, key, works) for key in ("one", "two", "one")] == [1, 2, 1]


def test_that_somebody_comes_changes_nothing(db: Session) -> None:
    remembering, works = Remembering(), Works()
    changed(db)
    remembering.of(db, "key", works)
    changed(db, "account.sign_in")
    assert remembering.of(db, "key", works) == 1


def test_no_more_is_kept_than_fits(db: Session) -> None:
    remembering, works = Remembering(), Works()
    for key in range(MOST + 1):
        remembering.of(db, key, works)
    assert remembering.of(db, 0, works) == MOST + 2
    assert remembering.of(db, MOST, works) == MOST + 1
