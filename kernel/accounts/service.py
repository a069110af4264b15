"""Create accounts, check passwords with lock-out, change them."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.roles import may_hold
from kernel.audit.service import Actor, record
from kernel.database import write_apart
from kernel.errors import Conflict, FieldErrors, NotFound, Refused
from kernel.parties.models import Enterprise, Party

LOCK_AFTER = 5
LOCK_FOR = timedelta(minutes=15)
SHORTEST_PASSWORD = 10

_hasher = PasswordHasher()
_NOBODY = _hasher.hash(secrets.token_urlsafe(16))  # so that an unknown name takes as long as a known one


class SignInRefused(Refused):
    """Wrong name, wrong password or a locked account: deliberately the same answer, or it would tell which names exist."""

    def __init__(self) -> None:
        super().__init__(
            "sign_in_refused",
            "账号或密码不对，请再试一次；连续输错 5 次的账号锁定 15 分钟，到时再试",
            "The user name or password is not right; please try again. Five wrong tries in a row lock an account for 15 minutes",
        )


class LockedOut(SignInRefused):
    """Too many failures in a row; whoever asks reads the same as for a wrong password."""


class AccountClosed(SignInRefused):
    """The password is right and the account is not open: not yet, or no longer. What is said of it is its room's matter."""

    def __init__(self, account_id: int) -> None:
        super().__init__()
        self.account_id = account_id


@dataclass(frozen=True)
class Caller:
    """The person behind a request, command or token: what services need of an account.

    `identity_confirmed` is false for the people of a firm that signed itself up, until an official has confirmed who it is.
    """

    account_id: int
    name: str
    role: str
    organisation_id: int
    organisation_kind: str
    organisation_name: str
    fiscal_region: str
    token_scopes: frozenset[str] | None = None
    identity_confirmed: bool = True

    @property
    def actor(self) -> Actor:
        return Actor(self.account_id, self.organisation_id)


def _check_password_strength(password: str, errors: FieldErrors) -> None:
    kinds = sum(any(map(test, password)) for test in (str.islower, str.isupper, str.isdigit))
    kinds += any(not character.isalnum() for character in password)
    if len(password) < SHORTEST_PASSWORD or kinds < 3:
        errors.add(
            "password",
            "weak_password",
            "密码至少 10 位，含大写、小写、数字、符号中的三种",
            "At least 10 characters with three of: upper case, lower case, digits, symbols",
        )


def hash_password(password: str) -> str:
    """The argon2 digest of a password: slow by design."""
    return _hasher.hash(password)


def create_account(
    db: Session,
    *,
    username: str,
    name: str,
    password: str,
    organisation: Party,
    role: str,
    at: datetime,
    by: Actor,
    is_demonstration: bool = False,
    password_digest: str | None = None,
    is_active: bool = True,
) -> Account:
    """A new account. Invalid for a weak password or a role its organisation cannot give; Conflict for a taken name.

    A caller that has digested the password already hands the digest over.
    """
    errors = FieldErrors()
    _check_password_strength(password, errors)
    if not may_hold(role, organisation.kind):
        errors.add(
            "role", "role_not_of_organisation", "这类单位没有这个角色", "This kind of organisation has no such role"
        )
    errors.raise_if_any()
    if db.exec(select(Account.id).where(Account.username == username)).first() is not None:
        raise Conflict("username_taken", "这个账号名已经有人用了", "This user name is taken")
    assert organisation.id is not None
    account = Account(
        username=username,
        name=name,
        organisation_id=organisation.id,
        role=role,
        password_digest=password_digest or hash_password(password),
        stamp=secrets.token_hex(16),
        is_active=is_active,
        is_demonstration=is_demonstration,
        created_at=at,
    )
    db.add(account)
    db.flush()
    record(db, "account.create", by=by, subject=("account", account.id), at=at, detail={"role": role})
    return account


def _password_matches(account: Account | None, password: str) -> bool:
    try:
        return _hasher.verify(account.password_digest if account else _NOBODY, password) and account is not None
    except (VerificationError, InvalidHashError):
        return False


def _count_failure(account_id: int, at: datetime) -> None:
    """Count one failure and lock at the fifth; in a transaction of its own, so that it outlives the refusal."""
    failed = Account.failed_sign_ins + 1

    def count(db: Session) -> None:
        db.execute(update(Account).where(col(Account.id) == account_id).values(failed_sign_ins=failed))
        full = (col(Account.id) == account_id) & (col(Account.failed_sign_ins) >= LOCK_AFTER)
        db.execute(update(Account).where(full).values(failed_sign_ins=0, locked_until=at + LOCK_FOR))
        record(db, "account.sign_in_failed", by=Actor(account_id), subject=("account", account_id), at=at)

    write_apart(count)


def sign_in(db: Session, *, username: str, password: str, at: datetime) -> Account:
    """The account, if name and password match; SignInRefused, of which LockedOut and AccountClosed are two, otherwise."""
    account = _checked(db.exec(select(Account).where(Account.username == username)).first(), password, at)
    if not account.is_active:
        raise AccountClosed(account.id or 0)
    return account


def _checked(account: Account | None, password: str, at: datetime) -> Account:
    matches = _password_matches(account, password)  # first, so that a locked account takes as long as any other
    if account and account.locked_until and at < account.locked_until:
        raise LockedOut
    if account is None or not matches:
        if account is not None and account.id is not None:
            _count_failure(account.id, at)
        raise SignInRefused
    return account


def confirm_password(account: Account, password: str, *, at: datetime) -> None:
    """Ask for the present password before it is changed. Invalid for a wrong one, which counts as a failed sign-in.

    Call it outside a write transaction: the count is written apart.
    """
    try:
        _checked(account, password, at)
    except SignInRefused:
        errors = FieldErrors()
        errors.add(
            "old_password",
            "wrong_password",
            "现在的密码不对；连续输错 5 次，账号锁定 15 分钟",
            "The present password is not right; five wrong tries in a row lock the account for 15 minutes",
        )
        errors.raise_if_any()


def note_sign_in(db: Session, account: Account, *, at: datetime) -> None:
    """Clear the failure count and leave a trace."""
    account.failed_sign_ins = 0
    account.locked_until = None
    record(
        db,
        "account.sign_in",
        by=Actor(account.id, account.organisation_id),
        subject=("account", account.id),
        at=at,
    )


def caller_for(db: Session, account_id: int, *, stamp: str | None = None) -> Caller | None:
    """The caller behind an active account; None when it is gone, switched off, or its password has changed since."""
    found = db.exec(
        select(Account, Party, col(Enterprise.identity_confirmed))
        .join(Party, col(Party.id) == col(Account.organisation_id))
        .outerjoin(Enterprise, col(Enterprise.party_id) == col(Party.id))
        .where(Account.id == account_id)
    ).first()
    if found is None:
        return None
    account, party, confirmed = found
    if not account.is_active or (stamp is not None and not secrets.compare_digest(stamp, account.stamp)):
        return None
    return Caller(
        account_id=account_id,
        name=account.name,
        role=account.role,
        organisation_id=account.organisation_id,
        organisation_kind=party.kind,
        organisation_name=party.name,
        fiscal_region=party.fiscal_region,
        identity_confirmed=confirmed is not False,  # None: no enterprise
    )


def own_account(db: Session, caller: Caller) -> Account:
    """The caller's own account."""
    return db.exec(select(Account).where(Account.id == caller.account_id)).one()


def account_by_username(db: Session, username: str) -> Account:
    """The account with this user name, or NotFound."""
    account = db.exec(select(Account).where(Account.username == username)).first()
    if account is None:
        raise NotFound("account_not_found", f"没有账号 {username}", f"There is no account {username}")
    return account


def change_password(db: Session, account: Account, *, new: str, at: datetime) -> None:
    """A new password ends all other sign-ins of the account; `confirm_password` comes before it."""
    errors = FieldErrors()
    _check_password_strength(new, errors)
    errors.raise_if_any()
    account.password_digest = hash_password(new)
    account.stamp = secrets.token_hex(16)
    account.failed_sign_ins = 0
    record(
        db,
        "account.change_password",
        by=Actor(account.id, account.organisation_id),
        subject=("account", account.id),
        at=at,
    )
