"""Tables of accounts and their access tokens; passwords and tokens are kept as digests only."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from kernel.accounts.roles import ROLES
from kernel.columns import Moment, one_of, table_args


class Account(SQLModel, table=True):
    """One person in one role of one organisation. `stamp` changes with the password and ends older sign-ins."""

    __tablename__ = "account"
    __table_args__ = table_args(one_of("role", ROLES))

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(max_length=40, unique=True)
    name: str = Field(max_length=40)
    organisation_id: int = Field(foreign_key="party.id", index=True)
    role: str = Field(max_length=40)
    password_digest: str = Field(max_length=200)
    stamp: str = Field(max_length=32)
    is_active: bool = True
    is_demonstration: bool = False
    failed_sign_ins: int = 0
    locked_until: datetime | None = Field(default=None, sa_type=Moment)
    created_at: datetime = Field(sa_type=Moment)
    tour_ended_at: datetime | None = Field(default=None, sa_type=Moment)


class AccessToken(SQLModel, table=True):
    """A personal access token: shown once, kept as a SHA-256 digest, scoped, dated and revocable."""

    __tablename__ = "access_token"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    name: str = Field(max_length=60)
    digest: str = Field(max_length=64, unique=True)
    scopes: str = Field(max_length=200)
    created_at: datetime = Field(sa_type=Moment)
    expires_at: datetime = Field(sa_type=Moment)
    revoked_at: datetime | None = Field(default=None, sa_type=Moment)


class SignIn(SQLModel, table=True):
    """A browser signed in, kept as a SHA-256 digest of what its cookie holds; signing out ends it."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    digest: str = Field(max_length=64, unique=True)
    created_at: datetime = Field(sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)
