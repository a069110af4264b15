"""Where a sign-up can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

WAITING, CONFIRMED, REFUSED = "waiting", "confirmed", "refused"
STATES = {
    WAITING: Text("待核实", "to be confirmed"),
    CONFIRMED: Text("已核实", "confirmed"),
    REFUSED: Text("未通过", "refused"),
}
ENROLMENT_MOVES = MoveTable(
    Text("份注册", "sign-up"),
    STATES,
    {
        "confirm": move(Text("确认身份", "confirm"), CONFIRMED, WAITING),
        "refuse": move(Text("不通过", "refuse"), REFUSED, WAITING),
    },
)
COUNTY, CITY = "county_officer", "organiser"
OFFICIALS = (CITY, COUNTY)  # a county's own firms; the city's organiser all of them
