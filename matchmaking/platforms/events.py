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
STATUS = declare(
    EventWords(
        "platform.status",
        Text("申请 {code} 的进度报平台", "Progress of request {code} to the platform"),
        Text("{state}，{at}", "{state}, {at}"),
    )
)
