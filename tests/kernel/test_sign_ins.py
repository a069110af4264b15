"""Sign-ins of browsers are kept as long as an audit may ask for them, and then forgotten."""

from datetime import timedelta

from sqlmodel import Session, select

from kernel import database
from kernel.accounts import service, sign_ins
from kernel.accounts.models import SignIn
from tests.factories import NOW, make_institution, make_person, username_of


def test_sign_ins_are_forgotten_after_half_a_year_and_not_before(db: Session) -> None:
    person = make_person(db, make_institution(db), "maker")
    account = service.account_by_username(db, username_of(db, person))

    def begin(db: Session, days: int) -> str:
        return sign_ins.begin_sign_in(db, account, at=NOW - timedelta(days=days))

    old, kept, fresh = (database.write(db, lambda db, days=days: begin(db, days)) for days in (185, 184, 1))
    database.write(db, lambda db: sign_ins.end_sign_in(db, kept, at=NOW))
    assert timedelta(days=183) <= sign_ins.KEPT
    assert database.write(db, lambda db: sign_ins.forget_sign_ins(db, at=NOW)) == 1
    assert len(db.exec(select(SignIn)).all()) == 2
    assert not sign_ins.is_signed_in(db, person.account_id, old)
    assert sign_ins.is_signed_in(db, person.account_id, fresh)
    assert database.write(db, lambda db: sign_ins.forget_sign_ins(db, at=NOW)) == 0
