"""The list of sessions, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import Column, Listing
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.workflow import STATES

SESSIONS = Listing(
    "sessions",
    Text("每周对接会", "Weekly sessions"),
    (
        Column("week", Text("周次", "Week"), "session.week", col(WeeklySession.week)),
        Column("theme", Text("主题", "Theme"), "session.theme", col(WeeklySession.theme)),
        Column("state", Text("状态", "State"), "session.state", col(WeeklySession.state), STATES),
        Column("starts_at", Text("开场", "Starts"), "session.starts_at", col(WeeklySession.starts_at)),
        Column(
            "sign_up_until", Text("报名截止", "Sign up by"), "session.sign_up_until", col(WeeklySession.sign_up_until)
        ),
        Column("organiser", Text("组织方", "Organiser"), "organiser.name", col(Party.name)),
        Column("banks", Text("来的银行", "Banks"), "banks"),
        Column("requests", Text("申请", "Requests"), "requests"),
    ),
)
