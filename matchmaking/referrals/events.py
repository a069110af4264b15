"""What referrals tell their parties, in words."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

DELIVERED = declare(
    EventWords(
        "referral.delivered",
        Text("新推荐：{amount} 万元，{term} 个月", "A referral: {amount} × 10,000 yuan, {term} months"),
        Text(
            "一份申请送到了贵行，请在 {answer_by} 前受理或谢绝。",
            "A request has been delivered to your bank; please accept or decline it by {answer_by}.",
        ),
        Text("推荐送达", "referral delivered"),
    )
)
MOVED_ON = declare(
    EventWords(
        "referral.moved_on",
        Text("{bank}：{state}", "{bank}: {state_en}"),
        Text("你的申请在{bank}走到了“{state}”。", "Your request at {bank} is now “{state_en}”."),
        Text("申请有进展", "a request moves on"),
    )
)
REFUSED = declare(
    EventWords(
        "referral.refused",
        Text("{bank}没有通过，代码 {code}", "{bank} declined, code {code}"),
        Text(
            "理由：{reason}。页面上写着怎么补；下一周你会自动重新排队，不再推给这家银行。",
            "The reason: {reason_en}. The page says what would cure it; next week you re-enter without this bank.",
        ),
        Text("申请没有通过", "a request was declined"),
    )
)
PAPERS_WANTED = declare(
    EventWords(
        "referral.papers_wanted",
        Text("{bank}要你补材料", "{bank} asks for papers"),
        Text(
            "要补：{papers}。补齐以前银行的时限停着。",
            "Wanted: {papers}. The bank's clock stands still until they are in.",
        ),
        Text("要补材料", "papers wanted"),
    )
)
PAPERS_SUPPLIED = declare(
    EventWords(
        "referral.papers_supplied",
        Text("企业材料补齐了，时限继续走", "The papers are in and the clock runs on"),
        Text("推荐 {referral} 的材料补齐了。", "The papers of referral {referral} are in."),
        Text("材料补齐", "papers supplied"),
    )
)
OVERDUE = declare(
    EventWords(
        "referral.overdue",
        Text("{bank}超过时限：{stage}", "{bank} is overdue: {stage_en}"),
        Text(
            "推荐 {referral} 应在 {deadline} 前{stage}，还没有办。",
            "Referral {referral} was due by {deadline} ({stage_en}) and is still open.",
        ),
        Text("推荐逾期", "referral overdue"),
    )
)
DRAWN = declare(
    EventWords(
        "referral.drawn",
        Text("{bank}报了一笔放款，请确认", "{bank} states a drawdown; please confirm it"),
        Text(
            "{bank}报：{drawn_on} 放款 {amount} 元。收到了请确认，不对请提出异议。",
            "{bank} states that {amount} yuan were paid out on {drawn_on}. Please confirm or dispute it.",
        ),
        Text("放款待确认", "a drawdown to confirm"),
    )
)
DRAWDOWN_ANSWERED = declare(
    EventWords(
        "referral.drawdown_answered",
        Text("企业对一笔放款：{state}", "A drawdown: {state_en}"),
        Text(
            "推荐 {referral} 的第 {number} 笔放款：{state}。", "Drawdown {number} of referral {referral}: {state_en}."
        ),
        Text("放款有回音", "a drawdown answered"),
    )
)
ENDED_BEFORE_DECISION = declare(
    EventWords(
        "referral.ended",
        Text("{bank}：推荐 {referral} {state}", "{bank}: referral {referral} {state_en}"),
        Text(
            "{why}。这件推荐到此为止，时限不再计。",
            "The referral ends here and its clock with it: {why_en}.",
        ),
        Text("推荐提前结束", "a referral ended early"),
    )
)
