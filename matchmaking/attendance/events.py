"""What the no-show rule tells a party."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

WARNED = declare(
    EventWords(
        "attendance.warned",
        Text("{day} 的面谈没有到场", "A meeting on {day} was missed"),
        Text(
            "{day} {starts} 的面谈记为没有到场。{within} 天内再有一次（共 {after} 次）会暂停报名 {days} 天；来不了请提前在系统里取消。",
            "The meeting on {day} at {starts} counts as missed. {after} of them within {within} days pause your sign-ups for {days} days; "
            "if you cannot come, call off early in the service.",
        ),
        Text("没有到场的提醒", "a missed meeting"),
    )
)
PAUSED = declare(
    EventWords(
        "attendance.paused",
        Text("暂停报名到 {until}", "Sign-ups are paused until {until}"),
        Text(
            "{within} 天内 {count} 次没有到场，报名暂停到 {until}，那天起可以再报。",
            "{count} meetings were missed within {within} days; you can sign up again from {until} on.",
        ),
        Text("暂停报名", "sign-ups are paused"),
    )
)
