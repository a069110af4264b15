"""What a late case tells its firm and its bank."""

from kernel.bilingual import Text
from kernel.outbox.texts import EventWords, declare

OVERDUE = declare(
    EventWords(
        "bridging.overdue",
        Text("转贷逾期：{loan}", "Bridge money overdue: {loan}"),
        Text(
            "贷款 {loan} 的转贷资金 {due_on} 到期，还有 {owed} 元没有归还。",
            "The bridge money for loan {loan} was due on {due_on}; {owed} yuan are still out.",
        ),
        Text("转贷逾期", "bridge money overdue"),
    )
)
CALLED = declare(
    EventWords(
        "bridging.called",
        Text("请履行续贷承诺：{loan}", "Please perform your commitment: {loan}"),
        Text(
            "贷款 {loan} 的转贷资金 {due_on} 到期，还有 {owed} 元没有归还，请按承诺书 {document} 履行。{suspended}",
            "The bridge money for loan {loan} was due on {due_on} and {owed} yuan are still out; please perform what you "
            "promised in {document}. {suspended_en}",
        ),
        Text("请银行履约", "a commitment called"),
    )
)
STANDS_ASIDE = Text(
    "追回以前，贵行暂停参加转贷。", "Until all of it is recovered your bank does not take part in the scheme."
)
