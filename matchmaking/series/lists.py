"""The list of series, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.series.models import SessionSeries
from matchmaking.series.schemas import clock_words
from matchmaking.series.workflow import STATES
from matchmaking.themes import SCOPES, THEMES

SERIES = ListLayout(
    "series",
    Text("系列", "Series"),
    (
        ListColumn("name", Text("名称", "Name"), "series.name", col(SessionSeries.name)),
        ListColumn(
            "theme",
            Text("专题", "Theme"),
            "series.theme_code",
            col(SessionSeries.theme_code),
            {code: theme.title for code, theme in THEMES.items()},
        ),
        ListColumn("scope", Text("谁办", "Held by"), "series.scope", titles=SCOPES),
        ListColumn("weekday", Text("周几", "Weekday"), "series.weekday", col(SessionSeries.weekday)),
        ListColumn("starts", Text("几点", "Time"), lambda line: clock_words(line.series.starts_minute)),
        ListColumn("state", Text("状态", "State"), "series.state", col(SessionSeries.state), STATES),
        ListColumn("coming", Text("下一场", "Next session"), lambda line: line.coming and line.coming.starts_at),
        ListColumn("weeks", Text("排过几周", "Weeks planned"), "weeks"),
    ),
)
