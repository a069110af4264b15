"""Where a loan product can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

STATES = {
    "draft": Text("草稿", "draft"),
    "published": Text("在架", "published"),
    "withdrawn": Text("已下架", "withdrawn"),
}
PRODUCT_MOVES = MoveTable(
    Text("款产品", "product"),
    STATES,
    {
        "publish": move(Text("上架", "publish"), "published", "draft"),
        "withdraw": move(Text("下架", "withdraw"), "withdrawn", "draft", "published"),
    },
)
CHANGEABLE = frozenset({"draft", "published"})
