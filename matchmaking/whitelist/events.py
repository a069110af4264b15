"""What a firm is told of its own listing."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

LISTED = declare(
    EventWords(
        "whitelist.listed",
        Text("你从 {day} 起在白名单上", "You are on the whitelist from {day}"),
        Text(
            "从 {day} 起，在名单上的日子申请续贷，按白名单企业办理。",
            "Renewals that you apply for from {day}, while you are listed, are those of a whitelisted firm.",
        ),
        Text("列入或恢复白名单", "listed, or listed again"),
    )
)
SUSPENDED = declare(
    EventWords(
        "whitelist.suspended",
        Text("你的白名单资格暂停：{ground}", "Your listing is suspended: {ground_en}"),
        Text(
            "从 {day} 起暂停。原因：{reason}。不服可以在 {appeal_days} 个工作日内申诉。",
            "Suspended from {day}. The reason: {reason}. You may appeal within {appeal_days} working days.",
        ),
        Text("白名单暂停", "listing suspended"),
    )
)
REMOVAL_ANNOUNCED = declare(
    EventWords(
        "whitelist.removal_announced",
        Text("拟把你移出白名单：{ground}", "You are to be removed from the whitelist: {ground_en}"),
        Text(
            "原因：{reason}。{heard_until} 以前你可以陈述申辩；陈述没有答复以前不会移出。",
            "The reason: {reason}. You may be heard until {heard_until}; nobody is removed before the answer.",
        ),
        Text("移出白名单前的告知", "notice before a removal"),
    )
)
REMOVAL_CALLED_OFF = declare(
    EventWords(
        "whitelist.removal_called_off",
        Text("不再把你移出白名单", "You are not to be removed from the whitelist"),
        Text("移出告知撤销了。原因：{reason}。", "The notice is called off. The reason: {reason}."),
        Text("移出告知撤销", "notice of removal called off"),
    )
)
REMOVED = declare(
    EventWords(
        "whitelist.removed",
        Text("你被移出白名单：{ground}", "You are removed from the whitelist: {ground_en}"),
        Text(
            "从 {day} 起不在名单上；以前申请的续贷不受影响。不服可以在 {appeal_days} 个工作日内申诉。",
            "Not listed from {day}; renewals applied for before stand. You may appeal within {appeal_days} working days.",
        ),
        Text("移出白名单", "removed from the whitelist"),
    )
)
TOLD = {
    "activate": LISTED,
    "resume": LISTED,
    "reinstate": LISTED,
    "suspend": SUSPENDED,
    "announce_removal": REMOVAL_ANNOUNCED,
    "call_off_removal": REMOVAL_CALLED_OFF,
    "remove": REMOVED,
}
