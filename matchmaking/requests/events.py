"""What firms are told about their requests that somebody else does: brings them, or ends them when their day is over."""

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
LAPSED = {
    "needed_by": Text("最迟用款日过了", "the day of need is over"),
    "consent": Text("同意的期限到了", "the consent is over"),
}
EXPIRED = declare(
    EventWords(
        "request.expired",
        Text("申请 {code} 过期了", "Request {code} has expired"),
        Text(
            "{why}，这份申请不再找银行。还要贷款，请另填一份。",
            "It is no longer shown to banks: {why_en}. If you still need the loan, please write a new request.",
        ),
        Text("申请过期", "requests that expired"),
    )
)
