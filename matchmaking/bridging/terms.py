"""The fund's dated terms out of the policy book. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.bilingual import Text
from kernel.policies import PolicyBook

SCHEME = "bridging-fund"
BORROWER_KINDS = {
    "legal_person": Text("企业法人", "legal person"),
    "owner": Text("企业主", "owner"),
    "individual_business": Text("个体工商户", "individual business"),
}


@dataclass(frozen=True)
class BridgingTerms:
    """What holds on one day: shares and daily fees as exact rates, limits in fen by borrower kind, days as whole numbers."""

    commitment_share: Decimal
    case_limits: Mapping[str, int]
    days_at_most: int
    first_fee_days: int
    first_daily_fee: Decimal
    later_daily_fee: Decimal
    first_day_counts: bool
    return_day_counts: bool
    draw_order: tuple[str, ...]
    overdue_fee_factor: Decimal
    called_on_day: int
    suspends_bank: bool

    @property
    def overdue_daily_fee(self) -> Decimal:
        """The fee of a day of default: a multiple of the top fee."""
        return self.overdue_fee_factor * max(self.first_daily_fee, self.later_daily_fee)


def bridging_terms(book: PolicyBook, day: date) -> BridgingTerms:
    """The terms of an advance paid out on that day; raises `PolicySilent` where one of them is missing."""
    scheme = book.scheme(SCHEME)
    return BridgingTerms(
        commitment_share=scheme.value("commitment_share_at_most", day).rate,
        case_limits=scheme.value("case_limits", day).numbers,
        days_at_most=scheme.value("days_at_most", day).integer,
        first_fee_days=scheme.value("first_fee_days", day).integer,
        first_daily_fee=scheme.value("first_daily_fee", day).rate,
        later_daily_fee=scheme.value("later_daily_fee", day).rate,
        first_day_counts=scheme.value("first_day_counts", day).flag,
        return_day_counts=scheme.value("return_day_counts", day).flag,
        draw_order=scheme.value("draw_order", day).codes,
        overdue_fee_factor=scheme.value("overdue_fee_factor", day).rate,
        called_on_day=scheme.value("commitment_called_on_day", day).integer,
        suspends_bank=scheme.value("bank_suspended_until_cleared", day).flag,
    )
