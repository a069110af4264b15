"""The marks that the notice asks for besides the terms of a loan: medium- and long-term, green channel, deposit, counter-guarantee.

附件1五 wants a larger medium- and long-term share and a green channel for small trade firms and individual businesses; 附件2四(四)
wants no deposit in principle, 三 eased counter-guarantees. A mark tells and is counted; it opens or closes no product.
"""

from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.policies import PolicyBook

SMALL = frozenset({"small", "micro", "individual_business"})
COUNTER_GUARANTEES = {
    "mortgage": Text("抵押反担保", "counter-mortgage"),
    "pledge": Text("质押反担保", "counter-pledge"),
    "surety": Text("保证反担保", "counter-surety"),
}
NO_DEPOSIT = Text(
    "附件2四（四）：原则上不收取贷款保证金。要收的，写清为什么；企业排序前就看得到。",
    "Annex 2, 4(4): no deposit in principle. Whoever asks for one says why, and firms read it before they choose.",
)
EASED = Text(
    "正文三：放宽反担保要求。这里没写的，授信时不能再要。",
    "Main text, 3: counter-guarantees are to be eased. What is not stated here cannot be asked for at approval.",
)


@dataclass(frozen=True)
class MarkRules:
    """`long_over`: a loan of more months is medium- or long-term; `trade_sections`: industries that count as trade."""

    long_over: int
    trade_sections: frozenset[str]

    def is_long(self, months: int | None) -> bool:
        """Whether a term in months is medium- or long-term; no term is not."""
        return months is not None and months > self.long_over

    def may_take_green_channel(self, industry: str, size_class: str) -> bool:
        """Whether a firm is one that the green channel is for: an individual business, or a small or micro trade firm."""
        is_trade = industry[:1] in self.trade_sections
        return size_class == "individual_business" or (is_trade and size_class in SMALL)


def mark_rules(book: PolicyBook, day: date) -> MarkRules:
    """The rules of a day; `PolicySilent` where a value is missing."""
    scheme = book.scheme("referrals")
    sections = frozenset(scheme.value("green_channel_sections", day).codes)
    return MarkRules(scheme.value("long_term_over_months", day).integer, sections)
