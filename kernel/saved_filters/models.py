"""Table of saved filters: what a list was asked for, kept under a name by its account."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class SavedFilter(SQLModel, table=True):
    """The query of one list's address, without page and language; belongs to one account and is shown to nobody else."""

    __tablename__ = "saved_filter"
    __table_args__ = table_args(UniqueConstraint("account_id", "path", "name"))

    id: int | None = Field(default=None, primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    path: str = Field(max_length=200)
    query: str = Field(max_length=1000)
    name: str = Field(max_length=30)
    saved_at: datetime = Field(sa_type=Moment)

    @property
    def address(self) -> str:
        """The list as it was saved."""
        return f"{self.path}?{self.query}"
