"""The records that go to platforms. A connector maps their facts to the platform's own names; the words are for the bureau's list."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

PRODUCT = declare(
    EventWords(
        "platform.product",
        Text("产品 {code} 报平台（第 {version} 版）", "Product {code} to the platform (version {version})"),
        Text("{name}，{state}", "{name}, {state}"),
    )
)
REQUEST = declare(
    EventWords(
        "platform.request",
        Text(
            "申请 {code} 推荐给平台（第 {version} 版）",
            "Request {code} recommended to the platform (version {version})",
        ),
        Text("同意到 {consent_until}", "consent until {consent_until}"),
    )
)
DRAFTED = declare(
    EventWords(
        "intake.drafted",
        Text("平台来的草稿等你确认", "A draft from a platform waits for you"),
        Text(
            "平台 {source} 上有你的一条记录（{remote_id}），已照着存成草稿，别人看不到。请核对，改好以后自己发布；不要就撤回。",
            "The platform {source} holds a record of yours ({remote_id}); it was copied into a draft that nobody else sees. "
            "Please check it and publish it yourself, or withdraw it.",
        ),
        Text("平台来的草稿", "drafts from platforms"),
    )
)
STATUS = declare(
    EventWords(
        "platform.status",
        Text("申请 {code} 的进度报平台", "Progress of request {code} to the platform"),
        Text("{state}，{at}", "{state}, {at}"),
    )
)
