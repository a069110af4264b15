"""The terms of a loan product, as one plain value. Pure."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from kernel.bilingual import Text
from matchmaking.matching import market

REPAYMENTS = {
    "interest_first": Text("先息后本", "interest monthly, principal at the end"),
    "equal_instalments": Text("等额本息", "equal instalments"),
    "equal_principal": Text("等额本金", "equal principal"),
    "at_maturity": Text("到期还本付息", "all at maturity"),
    "revolving": Text("随借随还", "draw and repay at will"),
}


@dataclass(frozen=True)
class ProductTerms:
    """What a bank offers. Amounts in fen, terms in months, rates in percent a year; an empty tuple means all.

    `deposit_percent` is the deposit asked for in percent of the loan, with its reason; `counter_guarantees` (none if empty)
    are what a guarantee company behind the loan asks for in turn. Both are read by firms before they choose.
    """

    name: str
    amount_min: int
    amount_max: int
    term_min: int
    term_max: int
    rate_min: Decimal
    rate_max: Decimal
    guarantee_kinds: tuple[str, ...]
    industries: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    required_tags: tuple[str, ...] = ()
    promised_days: int = 10
    repayment: str = "interest_first"
    documents: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    quota: int | None = None
    green_channel: bool = False
    deposit_percent: Decimal = Decimal(0)
    deposit_reason: str = ""
    counter_guarantees: tuple[str, ...] = ()

    @property
    def asks_deposit(self) -> bool:
        return self.deposit_percent > 0

    def most_deposit(self, amount: int) -> int:
        """The largest deposit in fen that may be asked for on a loan of so many fen, as announced; cut to the fen."""
        return int(self.deposit_percent * amount / 100)

    def in_market(self, code: str, institution_code: str) -> market.Product:
        """The terms as the matching reads them: rates without trailing zeros, as file mode takes them."""
        return market.Product(
            product_id=code,
            institution_code=institution_code,
            name=self.name,
            amount_min=self.amount_min,
            amount_max=self.amount_max,
            term_min=self.term_min,
            term_max=self.term_max,
            rate_min=self.rate_min.normalize(),
            rate_max=self.rate_max.normalize(),
            guarantee_kinds=frozenset(self.guarantee_kinds),
            industries=frozenset(self.industries),
            regions=frozenset(self.regions),
            purposes=frozenset(self.purposes),
            required_tags=frozenset(self.required_tags),
            promised_days=self.promised_days,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            quota=self.quota,
        )


def same_terms(one: ProductTerms, other: ProductTerms) -> bool:
    """Whether two say the same, in whatever order they list their codes."""
    return _in_order(one) == _in_order(other)


def _in_order(terms: ProductTerms) -> dict[str, object]:
    return {name: sorted(said) if isinstance(said, tuple) else said for name, said in vars(terms).items()}


def terms_of_row(row: market.Product) -> ProductTerms:
    """The terms that a row of a market file states."""
    return ProductTerms(
        name=row.name,
        amount_min=row.amount_min,
        amount_max=row.amount_max,
        term_min=row.term_min,
        term_max=row.term_max,
        rate_min=row.rate_min,
        rate_max=row.rate_max,
        guarantee_kinds=tuple(sorted(row.guarantee_kinds)),
        industries=tuple(sorted(row.industries)),
        regions=tuple(sorted(row.regions)),
        purposes=tuple(sorted(row.purposes)),
        required_tags=tuple(sorted(row.required_tags)),
        promised_days=row.promised_days,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        quota=row.quota,
    )
