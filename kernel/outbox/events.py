"""The outbox's own event: a trial letter."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

TRIAL = declare(
    EventWords(
        "outbox.trial",
        Text("银企：这是一条测试消息", "yinqi: this is a trial message"),
        Text(
            "{party} 设置的消息通道可以收到消息。这条只是测试，不用处理。",
            "The channel set up by {party} receives messages. This is a trial; nothing needs to be done.",
        ),
        Text("测试消息", "trial message"),
    )
)
