"""Accounts: roles, passwords, lock-out, tokens."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session

from kernel import database
from kernel.accounts import service, tokens
from kernel.accounts.models import Account
from kernel.audit.service import THE_SERVICE, broken_at, entries_about
from kernel.errors import Conflict, Invalid, NotFound
from kernel.parties.service import enter_party

NOW = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
PASSWORD = "Correct-Horse-7"


def make_account(db: Session, username: str = "linjing", role: str = "reviewer", password: str = PASSWORD) -> Account:
    def work(db: Session) -> Account:
        bureau = enter_party(
            db, code=f"1141040000{len(username):08d}", name="市财政局", kind="bureau", fiscal_region="410402", at=NOW
        )
        return service.create_account(
            db,
            username=username,
            name="林静",
            password=password,
            organisation=bureau,
            role=role,
            at=NOW,
            by=THE_SERVICE,
        )

    return database.write(db, work)


def test_a_right_password_gives_the_account(db: Session) -> None:
    account = make_account(db)
    assert service.sign_in(db, username="linjing", password=PASSWORD, at=NOW).id == account.id


def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(db: Session) -> None:
    make_account(db)
    with pytest.raises(service.SignInRefused) as wrong:
        service.sign_in(db, username="linjing", password="wrong", at=NOW)
    with pytest.raises(service.SignInRefused) as unknown:
        service.sign_in(db, username="nobody", password="wrong", at=NOW)
    assert wrong.value.text == unknown.value.text


def test_five_failures_lock_for_fifteen_minutes_even_for_the_right_password(db: Session) -> None:
    make_account(db)
    for _ in range(5):
        with pytest.raises(service.SignInRefused):
            service.sign_in(db, username="linjing", password="wrong", at=NOW)
        db.rollback()
    with pytest.raises(service.LockedOut):
        service.sign_in(db, username="linjing", password=PASSWORD, at=NOW + timedelta(minutes=14, seconds=59))
    assert (service.LockedOut().code, service.LockedOut().text) == (
        service.SignInRefused().code,
        service.SignInRefused().text,
    )
    assert service.sign_in(db, username="linjing", password=PASSWORD, at=NOW + timedelta(minutes=15))


def test_a_weak_password_and_a_role_of_another_kind_of_organisation_are_refused_together(db: Session) -> None:
    with pytest.raises(Invalid) as refused:
        make_account(db, role="maker", password="short")
    assert [error.field for error in refused.value.errors] == ["password", "role"]


def test_a_user_name_is_given_once(db: Session) -> None:
    account = make_account(db)
    assert account.organisation_id
    with pytest.raises(Conflict):
        make_account_again(db, account)


def make_account_again(db: Session, account: Account) -> None:
    from kernel.parties.service import party_by_id

    party = party_by_id(db, account.organisation_id)
    service.create_account(
        db,
        username="linjing",
        name="林静",
        password=PASSWORD,
        organisation=party,
        role="reviewer",
        at=NOW,
        by=THE_SERVICE,
    )


def test_a_token_carries_its_scopes_until_it_expires_or_is_revoked(db: Session) -> None:
    account = make_account(db)
    caller = service.caller_for(db, account.id or 0)
    assert caller is not None
    issued = database.write(
        db, lambda db: tokens.issue_token(db, caller, name="接口", scopes=["settlement:read"], days=30, at=NOW)
    )
    found = tokens.caller_with_token(db, issued.secret, at=NOW + timedelta(days=29))
    assert found is not None
    assert found.token_scopes == {"settlement:read"}
    assert issued.secret not in issued.token.model_dump_json()
    assert tokens.caller_with_token(db, issued.secret, at=NOW + timedelta(days=30)) is None
    database.write(db, lambda db: tokens.revoke_token(db, caller, issued.token.id or 0, at=NOW))
    assert tokens.caller_with_token(db, issued.secret, at=NOW) is None


def test_revoking_a_token_of_someone_else_is_the_same_as_no_token(db: Session) -> None:
    mine = make_account(db)
    caller = service.caller_for(db, mine.id or 0)
    assert caller is not None
    with pytest.raises(NotFound):
        tokens.revoke_token(db, caller, 4711, at=NOW)


def test_every_change_of_an_account_is_in_an_unbroken_trail(db: Session) -> None:
    account = make_account(db)
    database.write(db, lambda db: service.note_sign_in(db, account, at=NOW))
    assert [entry.act for entry in entries_about(db, ("account", account.id))] == ["account.create", "account.sign_in"]
    assert broken_at(db) is None
