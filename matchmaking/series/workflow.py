"""Where a series can go, and what became of a week of it. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "running": Text("进行中", "running"),
    "paused": Text("停着", "paused"),
    "ended": Text("已结束", "ended"),
}
SERIES_MOVES = MoveTable(
    Text("个系列", "series"),
    STATES,
    {
        "pause": move(Text("暂停", "pause"), "paused", "running"),
        "resume": move(Text("恢复", "resume"), "running", "paused"),
        "end": move(Text("结束", "end"), "ended", "running", "paused"),
    },
)
CHANGEABLE = frozenset({"running", "paused"})

OUTCOMES = {
    "announced": Text("预告了", "announced"),
    "exempt": Text("假期周，免办", "a holiday week, exempt"),
    "no_working_day": Text("这一周没有工作日", "no working day in this week"),
    "taken": Text("已经手动预告过同主题的一场", "announced by hand already"),
    "too_late": Text("赶不上报名，没有预告", "too late for sign-up, not announced"),
}
