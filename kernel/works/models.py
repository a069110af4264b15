"""Table of works: who asked for what, how far it has come, who holds it, and how it ended."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from kernel.bilingual import Text as Words
from kernel.columns import Moment, one_of, table_args

WAITING, RUNNING, DONE, FAILED, CANCELLED = "waiting", "running", "done", "failed", "cancelled"
STATES = {
    WAITING: Words("等着开始", "Waiting to start"),
    RUNNING: Words("正在做", "Under way"),
    DONE: Words("做完了", "Done"),
    FAILED: Words("没有做成", "Failed"),
    CANCELLED: Words("已取消", "Cancelled"),
}
UNDER_WAY = (WAITING, RUNNING)


class Work(SQLModel, table=True):
    """One work. `task` names its kind, `subject` what it is about; `content` is the order as JSON, `folder` where its files lie.

    `holder` is the one who does it now, as long as it is heard of before `held_until`. `percent` never falls; `done` of `whole` are
    counted in the stage. `result` is what the kind finds its result by, `failure` the reasons as JSON.
    """

    __tablename__ = "work"
    __table_args__ = table_args(
        one_of("state", STATES),
        CheckConstraint("percent BETWEEN 0 AND 100", name="percent_range"),
        CheckConstraint("(state IN ('waiting', 'running')) = (ended_at IS NULL)", name="ended"),
        CheckConstraint("(state = 'running') = (held_until IS NOT NULL)", name="held"),
    )

    id: int | None = Field(default=None, primary_key=True)
    task: str = Field(max_length=40)
    subject: str = Field(max_length=300)
    account_id: int = Field(foreign_key="account.id", index=True)
    language: str = Field(max_length=2)
    content: str = Field(sa_type=Text)
    folder: str = Field(max_length=40, unique=True)
    state: str = Field(default=WAITING, max_length=20, index=True)
    stage: str = Field(default="", max_length=40)
    done: int = Field(default=0)
    whole: int = Field(default=0)
    percent: int = Field(default=0)
    tries: int = Field(default=0)
    holder: str = Field(default="", max_length=40)
    held_until: datetime | None = Field(default=None, sa_type=Moment)
    result: str = Field(default="", max_length=200)
    failure: str = Field(default="", sa_type=Text)
    asked_at: datetime = Field(sa_type=Moment)
    began_at: datetime | None = Field(default=None, sa_type=Moment)
    ended_at: datetime | None = Field(default=None, sa_type=Moment)

    @property
    def order(self) -> Mapping[str, Any]:
        """The plain values that were asked with."""
        said: Mapping[str, Any] = json.loads(self.content)
        return said
