"""What parties are told when a published plan changes."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

MEETING_CHANGED = declare(
    EventWords(
        "meeting.changed",
        Text("{week} 对接会：面谈有变动", "Session {week}: a meeting has changed"),
        Text(
            "你的一场面谈{change_zh}：{starts} 第 {desk} 号席，{other}。时间表现在是第 {release} 版，请按新的来。",
            "One of your meetings was {change_en}: {starts}, desk {desk}, {other}. The timetable is now release {release}; "
            "please go by the new one.",
        ),
        Text("面谈新增或改时间", "a meeting is added or moved"),
    )
)
MEETING_CANCELLED = declare(
    EventWords(
        "meeting.cancelled",
        Text("{week} 对接会：面谈取消", "Session {week}: a meeting is called off"),
        Text(
            "原定 {starts} 第 {desk} 号席的面谈取消了，{other}。理由：{reason}。时间表现在是第 {release} 版。",
            "The meeting planned for {starts}, desk {desk}, {other}, is called off. Reason: {reason}. "
            "The timetable is now release {release}.",
        ),
        Text("面谈取消", "a meeting is called off"),
    )
)
