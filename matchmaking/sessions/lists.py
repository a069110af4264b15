"""The list of sessions, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.sessions.models import WeeklySession
from matchmaking.sessions.workflow import STATES

SESSIONS = ListLayout(
    "sessions",
    Text("每周对接会", "Weekly sessions"),
    (
        ListColumn("week", Text("周次", "Week"), "session.week", col(WeeklySession.week)),
        ListColumn("theme", Text("主题", "Theme"), "session.theme", col(WeeklySession.theme)),
        ListColumn("state", Text("状态", "State"), "session.state", col(WeeklySession.state), STATES),
        ListColumn("starts_at", Text("开场", "Starts"), "session.starts_at", col(WeeklySession.starts_at)),
        ListColumn(
            "sign_up_until", Text("报名截止", "Sign up by"), "session.sign_up_until", col(WeeklySession.sign_up_until)
        ),
        ListColumn("organiser", Text("组织方", "Organiser"), "organiser.name", col(Party.name)),
        ListColumn("banks", Text("来的银行", "Banks"), "banks"),
        ListColumn("requests", Text("申请", "Requests"), "requests"),
    ),
)
