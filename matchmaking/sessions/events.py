"""What the parties of a session are told of it, beside the reminder and the changes of a published plan."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

PUBLISHED = declare(
    EventWords(
        "session.published",
        Text(
            "{week} 对接会的时间表出来了：你有 {meetings} 场",
            "The timetable of session {week} is out: {meetings} meetings of yours",
        ),
        Text(
            "{theme}（{week}）{starts} 开场，你有 {meetings} 场面谈。登录后在“对接”里看时间、席位和对方。",
            "{theme} ({week}) begins {starts}; you have {meetings} meetings. Sign in to see when, at which desk and with whom.",
        ),
        Text("时间表公布", "a timetable is published"),
    )
)


def _noticed(kind: str, zh: str, en: str, label: Text) -> EventWords:
    return declare(
        EventWords(
            f"session.{kind}",
            Text(f"{{week}} 对接会{zh}", f"Session {{week}} {en}"),
            Text(
                f"{{theme}}（{{week}}）{zh}。理由：{{reason}}。{{changes}}",
                f"{{theme}} ({{week}}) {en}. Reason: {{reason}}. {{changes}}",
            ),
            label,
        )
    )


NOTICED = {
    "changed": _noticed("changed", "有改动", "has changed", Text("场次改动", "a session changes")),
    "early": _noticed("early", "提前了一步", "took a step early", Text("场次提前", "a step comes early")),
    "cancelled": _noticed("cancelled", "取消了", "is called off", Text("场次取消", "a session is called off")),
}
