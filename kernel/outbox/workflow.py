"""The states of a subscription and of a delivery, and where a delivery can go. Pure."""

from kernel.bilingual import Text

CHANNELS = {
    "mail": Text("邮件", "Mail"),
    "webhook": Text("回调地址", "Webhook"),
    "sms": Text("短信", "Text message"),
    "platform": Text("平台", "Platform"),
}

ACTIVE, PAUSED, ENDED = "active", "paused", "ended"
SUBSCRIPTION_STATES = {
    ACTIVE: Text("在发", "Active"),
    PAUSED: Text("暂停", "Paused"),
    ENDED: Text("已取消", "Ended"),
}

WAITING, SENDING, UNKNOWN, DELIVERED, DEAD, DROPPED = "waiting", "sending", "unknown", "delivered", "dead", "dropped"
DELIVERY_STATES = {
    WAITING: Text("等着发", "Waiting"),
    SENDING: Text("正在发", "Being sent"),
    UNKNOWN: Text("不知道到没到", "Not known whether it arrived"),
    DELIVERED: Text("已送达", "Delivered"),
    DEAD: Text("发不出去", "Given up"),
    DROPPED: Text("不用发了", "No longer wanted"),
}
DUE_STATES = (WAITING, UNKNOWN)
OPEN_STATES = (WAITING, SENDING, UNKNOWN)
FAILING_STATES = (UNKNOWN, DEAD)

# how an attempt ended; an attempt without an outcome was cut off and its effect is not known
OUTCOMES = {
    "delivered": Text("收到了", "Received"),
    "refused": Text("对方没收", "Refused by the receiver"),
    "unknown": Text("不知道到没到", "Not known whether it arrived"),
}

PULLED_STATES = {
    "taken": Text("收下了", "Taken in"),
    "unreadable": Text("读不懂", "Unreadable"),
    "refused": Text("没收", "Refused"),
}

PLATFORM = "platform"


def goes_to(channel: str, event: str) -> bool:
    """Whether an event is for a kind of channel at all: records of `platform.…` for platforms, told events for all others."""
    return (channel == PLATFORM) == event.startswith(f"{PLATFORM}.")
