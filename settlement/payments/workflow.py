"""The states of payees, appropriations, orders, payments and mismatches, and the moves between them. Pure."""

from kernel.bilingual import Text

ENTERED, PROPOSED, CHECKED, REFUSED = "entered", "proposed", "checked", "refused"
CHECK_STATES = {
    PROPOSED: Text("待复核", "To be checked"),
    CHECKED: Text("已复核", "Checked"),
    REFUSED: Text("退回", "Refused"),
}
ACCOUNT_STATES = {ENTERED: Text("待本机构复核", "To be confirmed by its checker"), **CHECK_STATES}
CHECK_MOVES = {(PROPOSED, "accept"): CHECKED, (PROPOSED, "refuse"): REFUSED}
ACCOUNT_MOVES = {(ENTERED, "confirm"): PROPOSED, (ENTERED, "refuse"): REFUSED, **CHECK_MOVES}

DRAWN, SENDING, UNKNOWN, SENT, SETTLED, CANCELLED = "drawn", "sending", "unknown", "sent", "settled", "cancelled"
ORDER_STATES = {
    DRAWN: Text("已开，未送", "Drawn, not sent"),
    SENDING: Text("正在送出", "Being sent"),
    UNKNOWN: Text("不知道送到没有", "Not known whether it arrived"),
    SENT: Text("国库已收", "Received by the treasury"),
    SETTLED: Text("已全部回单", "Every receipt is in"),
    CANCELLED: Text("已撤销", "Cancelled"),
}
ORDER_MOVES = {
    (DRAWN, "send"): SENDING,
    (DRAWN, "cancel"): CANCELLED,
    (SENDING, "lose"): UNKNOWN,
    (UNKNOWN, "lose"): UNKNOWN,
    (SENDING, "confirm"): SENT,
    (UNKNOWN, "confirm"): SENT,
    (SENT, "settle"): SETTLED,
}
UNSURE = (SENDING, UNKNOWN)

ORDERED, PAID, REJECTED = "ordered", "paid", "rejected"
PAYMENT_STATES = {
    ORDERED: Text("已开令", "Ordered"),
    PAID: Text("已到账", "Paid"),
    REJECTED: Text("银行退回", "Rejected by the bank"),
    CANCELLED: Text("已撤销", "Cancelled"),
}
PAYMENT_MOVES = {(ORDERED, "pay"): PAID, (ORDERED, "reject"): REJECTED, (ORDERED, "cancel"): CANCELLED}
LIVE_PAYMENTS = (ORDERED, PAID)

MATCHED, OPEN, RESOLVED = "matched", "open", "resolved"
LINE_STATES = {
    MATCHED: Text("对上了", "Matched"),
    OPEN: Text("待处理", "To be resolved"),
    RESOLVED: Text("已处理", "Resolved"),
}
MISMATCHES = {
    "unknown_reference": Text("没有这个付款编号", "No payment has this reference"),
    "amount_differs": Text("金额不符", "The amount differs"),
    "before_order": Text(
        "日期早于拨付令的执行日", "The date lies before the day on which the order was to be executed"
    ),
    "not_sent": Text("这笔还没有送国库", "This payment was never sent"),
    "paid_already": Text("这笔已经回过单", "A receipt for this payment is in already"),
    "rejected_already": Text("这笔已经被银行退回", "This payment was rejected before"),
    "bank_reference_used": Text("银行流水号用过了", "The bank's reference was used before"),
    "payment_cancelled": Text("这笔已经撤销", "This payment was cancelled"),
}
RESOLUTIONS = {
    "assign": Text("认到另一笔付款", "Assign to another payment"),
    "dismiss": Text("不作处理，写明原因", "Dismiss, with the reason"),
}


def order_sources(move: str) -> tuple[str, ...]:
    """The states an order's move may start from."""
    return tuple(source for source, name in ORDER_MOVES if name == move)


def order_target(move: str) -> str:
    """The state an order's move leads to."""
    return next(state for (_, name), state in ORDER_MOVES.items() if name == move)
