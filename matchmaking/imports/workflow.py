"""What can be brought by file, by whom, and where a file can go. Pure."""

from kernel.bilingual import Text
from matchmaking.moves import MoveTable, move

PRODUCTS, REQUESTS, CLIENTS = "products", "requests", "clients"
KINDS = {
    PRODUCTS: Text("贷款产品", "loan products"),
    REQUESTS: Text("贷款申请", "financing requests"),
    CLIENTS: Text("老客户", "prior clients"),
}
MAY_BRING = {
    PRODUCTS: frozenset({"product_manager"}),
    REQUESTS: frozenset({"organiser", "owner", "clerk"}),
    CLIENTS: frozenset({"product_manager"}),
}
MOST_ROWS = 500  # taken in one transaction, every row with its entry in the trail
BRINGERS = ("product_manager", "organiser", "owner", "clerk")
STATES = {
    "read": Text("等你确认", "waits for you"),
    "accepted": Text("收下了", "taken"),
    "dropped": Text("不要了", "dropped"),
}
IMPORT_MOVES = MoveTable(
    Text("份文件", "file"),
    STATES,
    {
        "accept": move(Text("收下", "take"), "accepted", "read"),
        "drop": move(Text("不要", "drop"), "dropped", "read"),
    },
)
ACTIONS = {
    "new": Text("新的", "new"),
    "changed": Text("要改", "changed"),
    "unchanged": Text("没有变", "unchanged"),
}
