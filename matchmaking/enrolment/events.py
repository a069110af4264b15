"""What a firm is told about its sign-up."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

IDENTITY_CONFIRMED = declare(
    EventWords(
        "enrolment.confirmed",
        Text("企业身份核实好了", "Who your firm is has been confirmed"),
        Text(
            "{name}（{code}）的身份由{office}核实好了，银行从现在起看得到你发布的申请，可以报名对接会。",
            "{office} has confirmed {name} ({code}): banks can read what you publish from now on, and you can sign up to sessions.",
        ),
        Text("企业身份核实好了", "who the firm is was confirmed"),
    )
)
IDENTITY_REFUSED = declare(
    EventWords(
        "enrolment.refused",
        Text("一份企业注册没有通过", "A sign-up for your firm was refused"),
        Text(
            "{day} 用代码 {code} 提交的注册没有通过，账号已关闭。原因：{reason}",
            "The sign-up of {day} for code {code} was refused and its account closed. Reason: {reason}",
        ),
        Text("企业注册没有通过", "a sign-up was refused"),
    )
)
