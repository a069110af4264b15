"""What firms are told about requests that somebody else brought for them."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

BROUGHT = declare(
    EventWords(
        "request.brought",
        Text("主管部门替你发布了申请 {code}", "The bureau has published request {code} for you"),
        Text(
            "凭你签过的同意书（{document}），银行看得到它，到 {until} 为止。不是你的意思，随时可以在“我的申请”里收回同意。",
            "On the consent that you signed ({document}) banks may read it until {until}. If that is not what you want, "
            "take the consent back under “Requests” at any time.",
        ),
        Text("替你发布的申请", "requests published for you"),
    )
)
