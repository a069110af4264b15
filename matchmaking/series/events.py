"""What the week tells the parties of a session."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

REMINDED = declare(
    EventWords(
        "session.reminded",
        Text(
            "提醒：{day} {from} 的对接会，你有 {meetings} 场",
            "Reminder: session on {day} at {from}, {meetings} meetings of yours",
        ),
        Text(
            "{theme}（{week}）{day} {from} 至 {until} 举行，你有 {meetings} 场面谈，第一场 {first}。"
            "不能来请尽早在系统里退出，位子好让给别人。",
            "{theme} ({week}) takes place on {day} from {from} to {until}. You have {meetings} meetings, the first at {first}. "
            "If you cannot come, say so early in the service, so that somebody else gets the place.",
        ),
        label=Text("开场前一个工作日的提醒", "reminder one working day before a session"),
    )
)
