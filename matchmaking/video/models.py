"""Table of the links that banks bring themselves."""

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Moment, table_args


class VideoLink(SQLModel, table=True):
    """A bank's own link for all its meetings of a session; without one a room of a host is used."""

    __tablename__ = "matchmaking_video_link"
    __table_args__ = table_args(UniqueConstraint("session_id", "institution_id"))

    id: int | None = Field(default=None, primary_key=True)
    session_id: int = Field(foreign_key="matchmaking_session.id", index=True)
    institution_id: int = Field(foreign_key="institution.party_id", index=True)
    url: str = Field(max_length=500)
    set_at: datetime = Field(sa_type=Moment)
    set_by: int | None = Field(default=None, foreign_key="account.id")
