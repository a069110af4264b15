"""Table of claims: each piece of scheduled work is done once per (job, key)."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class JobRun(SQLModel, table=True):
    """A piece of work that was claimed in the very transaction that did it."""

    __tablename__ = "job_run"
    __table_args__ = table_args(UniqueConstraint("job", "key"))

    id: int | None = Field(default=None, primary_key=True)
    job: str = Field(max_length=60)
    key: str = Field(max_length=120)
    claimed_at: datetime = Field(sa_type=Moment)
