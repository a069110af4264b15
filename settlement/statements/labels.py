"""Words of a statement: payers, reasons, bases, kinds; Chinese first."""

from collections.abc import Mapping
from typing import Any

from kernel.bilingual import Text
from kernel.money import FEN_PER_WAN, grouped
from kernel.periods import Quarter
from kernel.regions import REGIONS
from settlement.engine.definition import REASON_TITLES, Reason
from settlement.fiscal_shares import payer_title
from settlement.growth_reward import BASIS_TITLES, Basis
from settlement.returns.codes import BORROWER_KINDS, PRODUCT_KINDS, PURPOSES
from settlement.statements.schemes import DRAFTERS, drafter_of

DETAILED = (Reason.PRODUCT_KIND, Reason.CURRENCY)

_REGIONS = {region.code: region.name for region in REGIONS}
_HOLDS = {code: text for drafter in DRAFTERS.values() for code, text in drafter.hold_titles.items()}
_SHORT_HOLDS = {code: text for drafter in DRAFTERS.values() for code, text in drafter.short_holds.items()}
_PRODUCTS = {choice.code: choice.label for choice in PRODUCT_KINDS}


def short_quarter(quarter: Quarter) -> Text:
    """`三季度`, `Q3`: where the year is clear."""
    return Text(f"{'一二三四'[quarter.number - 1]}季度", f"Q{quarter.number}")


def payer(code: str) -> Text:
    """Who bears a share."""
    return payer_title(code)


def region(code: str) -> Text:
    """A fiscal region by its code."""
    return _REGIONS.get(code) or Text(code, code)


def basis(code: str) -> Text:
    """What a balance is compared with."""
    return BASIS_TITLES[Basis(code)]


def hold(code: str) -> Text:
    """Why a statement waits, in a sentence."""
    return _HOLDS[code]


def short_hold(code: str) -> Text:
    """The same in two or three words."""
    return _SHORT_HOLDS[code]


def scheme(code: str) -> Text:
    """The name of a scheme that has statements."""
    return drafter_of(code).title


def reason(code: str, detail: str, definition: Mapping[str, Any]) -> Text:
    """Where a loan went; bill discounts, purchased loans and overdrafts by name, the limit with its amount."""
    if code == Reason.PRODUCT_KIND and detail:
        return _PRODUCTS.get(detail) or Text(detail, detail)
    if code == Reason.CURRENCY and detail:
        return Text(f"外币贷款 {detail}", f"Loans in {detail}")
    limit = definition.get("credit_line_limit")
    if code == Reason.CREDIT_LINE and limit is not None:
        return Text(f"单户授信超过 {_wan(limit)} 万元", f"Credit line over {grouped(limit)} yuan")
    return REASON_TITLES[Reason(code)]


def _wan(fen: int) -> str:
    """A limit as people say it: `1,000`, `1,000.5`."""
    whole, rest = divmod(fen, FEN_PER_WAN)
    return f"{whole:,}" if not rest else f"{whole:,}.{rest:06d}".rstrip("0")


CODES = {choice.code: choice.label for choices in (BORROWER_KINDS, PRODUCT_KINDS, PURPOSES) for choice in choices}
