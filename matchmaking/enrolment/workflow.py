"""Where a sign-up can go. Pure."""

from datetime import timedelta

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

WAITING, CONFIRMED, REFUSED, LAPSED = "waiting", "confirmed", "refused", "lapsed"
STATES = {
    WAITING: Text("待核实", "to be confirmed"),
    CONFIRMED: Text("已核实", "confirmed"),
    REFUSED: Text("未通过", "refused"),
    LAPSED: Text("已失效", "lapsed"),
}
ENROLMENT_MOVES = MoveTable(
    Text("份注册", "sign-up"),
    STATES,
    {
        "confirm": move(Text("确认身份", "confirm"), CONFIRMED, WAITING),
        "refuse": move(Text("不通过", "refuse"), REFUSED, WAITING),
        "lapse": move(Text("失效", "lapse"), LAPSED, WAITING),
    },
)
LIVE = (WAITING, CONFIRMED)  # a code has one of these at most
# A sign-up for a firm that the city knew keeps its code from the firm's own people. An official answers in a day or two; after
# thirty days nobody will.
LAPSES_AFTER = timedelta(days=30)
COUNTY, CITY = "county_officer", "organiser"
OFFICIALS = (CITY, COUNTY)  # a county's own firms; the city's organiser all of them
