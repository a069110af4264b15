"""Table of feedback: what somebody said about which page, and what was answered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Text
from sqlmodel import Field, SQLModel

from kernel.bilingual import Text as Words
from kernel.columns import Moment, one_of, table_args

WAITING, ANSWERED = "waiting", "answered"
STATES = {WAITING: Words("待答复", "To be answered"), ANSWERED: Words("已答复", "Answered")}


class Feedback(SQLModel, table=True):
    """One opinion. `page` is a path of this service without its query, `request_id` the number of the page that was shown."""

    __tablename__ = "feedback"
    __table_args__ = table_args(
        one_of("state", STATES), CheckConstraint("(state = 'answered') = (answered_at IS NOT NULL)", name="answered")
    )

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    page: str = Field(max_length=300)
    request_id: str = Field(max_length=64)
    content: str = Field(sa_type=Text)
    written_at: datetime = Field(sa_type=Moment)
    state: str = Field(default=WAITING, max_length=20, index=True)
    answer: str = Field(default="", sa_type=Text)
    answered_by: int | None = Field(default=None, foreign_key="account.id")
    answered_at: datetime | None = Field(default=None, sa_type=Moment)
