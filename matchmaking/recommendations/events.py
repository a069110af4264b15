"""What recommendations tell their parties. A bank's message names no firm: who may read which firm is decided at the page."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

PROPOSED = declare(
    EventWords(
        "recommendation.proposed",
        Text("{count} 份培育库企业的申请可以推荐", "{count} requests of pool firms can be recommended"),
        Text(
            "企业同意由市里推荐，合得上的银行和平台在页面上列着，等你选定送出。",
            "The firms agreed to be recommended; the banks that fit and the platforms are listed and wait for your choice.",
        ),
        Text("可以推荐的需求", "needs to recommend"),
    )
)
RECOMMENDED = declare(
    EventWords(
        "recommendation.made",
        Text("金融工作局推荐一份需求：{amount} 万元", "A need recommended to you: {amount} × 10,000 yuan"),
        Text(
            "一家培育库企业想贷 {amount} 万元、{term} 个月，贵行有合得上的产品。请在页面上回话：愿意谈，或者谢绝并写明理由。",
            "A pool firm asks for {amount} × 10,000 yuan over {term} months and a product of yours fits. Please answer on the "
            "page: take it up, or decline with the reason.",
        ),
        Text("推荐来的需求", "a need recommended"),
    )
)
ANSWERED = declare(
    EventWords(
        "recommendation.answered",
        Text("{who}：{state}", "{who_en}: {state_en}"),
        Text(
            "市里把你的申请 {request} 推荐给{who}，对方回话：{state}。{note}",
            "The city recommended your request {request} to {who_en}, which answered: {state_en}. {note}",
        ),
        Text("推荐有回音", "an answer to a recommendation"),
    )
)
