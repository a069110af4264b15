"""Tables of query threads; a thread stays with its statement through all revisions."""

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from kernel.bilingual import Text as Words
from kernel.columns import Moment, one_of, table_args

QUESTION, DIFFERENCE = "question", "difference"
QUERY_KINDS = {
    QUESTION: Words("询问", "Question"),
    DIFFERENCE: Words("差异说明", "Explanation of the difference"),
}
BUREAU, BENEFICIARY = "bureau", "beneficiary"
SIDES = {BUREAU: Words("财政局", "Bureau"), BENEFICIARY: Words("受奖单位", "Beneficiary")}


class QueryThread(SQLModel, table=True):
    """One question on a statement, or on one of its lines (`line` is the line's subject or reason, empty for the whole)."""

    __tablename__ = "settlement_query"
    __table_args__ = table_args(one_of("kind", QUERY_KINDS))

    id: int | None = Field(default=None, primary_key=True)
    statement_number: str = Field(max_length=40, index=True)
    revision: int
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    kind: str = Field(max_length=20)
    line: str = Field(default="", max_length=80)
    title: str = Field(max_length=120)
    opened_by: int = Field(foreign_key="account.id")
    opened_at: datetime = Field(sa_type=Moment)
    closed_by: int | None = Field(default=None, foreign_key="account.id")
    closed_at: datetime | None = Field(default=None, sa_type=Moment)


class QueryMessage(SQLModel, table=True):
    """What one side wrote in a thread; only added to."""

    __tablename__ = "settlement_query_message"
    __table_args__ = table_args(one_of("side", SIDES))

    id: int | None = Field(default=None, primary_key=True)
    query_id: int = Field(foreign_key="settlement_query.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    side: str = Field(max_length=20)
    written_by: int = Field(foreign_key="account.id")
    written_at: datetime = Field(sa_type=Moment)
    content: str = Field(sa_type=Text)
