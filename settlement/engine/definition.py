"""Which loans count as inclusive small and micro loans 普惠小微贷款 (口径), and why the others do not (domain §2). Pure.

A loan falls to the first reason that holds, in the order of `Reason`; what no reason takes is eligible. The credit line
tested is the client's within the institution, never the balance, and a client over it goes out with its whole balance.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum

from kernel.bilingual import Text
from kernel.policies import PolicyBook, Scheme

SCHEME = "growth-reward"
OUTSIDE = "outside"
OPERATING = "operating"
CLASSIFICATIONS = frozenset({"normal", "special_mention", "substandard", "doubtful", "loss"})


class Reason(StrEnum):
    """Where a filed loan goes, in the order in which reasons are tried."""

    CURRENCY = "currency"
    PRODUCT_KIND = "product_kind"
    BORROWER_KIND = "borrower_kind"
    PURPOSE = "purpose"
    CLASSIFICATION = "classification"
    BORROWER_AREA = "borrower_area"
    CREDIT_LINE = "credit_line"
    ELIGIBLE = "eligible"


REASON_TITLES = {
    Reason.CURRENCY: Text("外币贷款", "Not in the currency that counts"),
    Reason.PRODUCT_KIND: Text("贴现、受让或信用卡透支", "Bill discount, purchased loan or card overdraft"),
    Reason.BORROWER_KIND: Text(
        "借款人是中型、大型企业或其他", "The borrower is a medium or large enterprise, or another"
    ),
    Reason.PURPOSE: Text("个人消费用途", "A personal loan for consumption"),
    Reason.CLASSIFICATION: Text("五级分类不计", "A loan class that does not count"),
    Reason.BORROWER_AREA: Text("借款人在市外", "The borrower is outside the city"),
    Reason.CREDIT_LINE: Text("单户授信超过上限", "The client's credit line is over the limit"),
    Reason.ELIGIBLE: Text("已计入：普惠小微合格余额", "Counted: eligible inclusive balance"),
}


@dataclass(frozen=True)
class Kind:
    """What the definition looks at in a loan, apart from its amounts; an aspect that no rule asks for is empty."""

    currency: str
    product_kind: str
    borrower_kind: str
    purpose: str
    over_limit: bool
    region: str = ""
    classification: str = ""


@dataclass(frozen=True)
class Definition:
    """The definition of one day; `credit_line_limit` in fen. `tests_credit_line` off is a what-if without that rule."""

    credit_line_limit: int
    credit_line_limit_inclusive: bool
    currency: str
    excluded_product_kinds: frozenset[str]
    borrower_kinds: frozenset[str]
    operating_only_kinds: frozenset[str]
    in_city_only: bool = False
    counted_classifications: frozenset[str] = CLASSIFICATIONS
    tests_credit_line: bool = True

    @property
    def tests_classification(self) -> bool:
        return not self.counted_classifications >= CLASSIFICATIONS

    @property
    def digest(self) -> str:
        """规则指纹: hex SHA-256 of what counts and what does not, whatever the order of the lists."""
        said = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in asdict(self).items()}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The reasons this definition knows, in order, eligible last."""
        asked = {
            Reason.CLASSIFICATION: self.tests_classification,
            Reason.BORROWER_AREA: self.in_city_only,
            Reason.CREDIT_LINE: self.tests_credit_line,
        }
        return tuple(reason for reason in Reason if asked.get(reason, True))

    def _broken(self, kind: Kind) -> Iterator[Reason]:
        if kind.currency != self.currency:
            yield Reason.CURRENCY
        if kind.product_kind in self.excluded_product_kinds:
            yield Reason.PRODUCT_KIND
        if kind.borrower_kind not in self.borrower_kinds:
            yield Reason.BORROWER_KIND
        if kind.borrower_kind in self.operating_only_kinds and kind.purpose != OPERATING:
            yield Reason.PURPOSE
        if self.tests_classification and kind.classification not in self.counted_classifications:
            yield Reason.CLASSIFICATION
        if self.in_city_only and kind.region == OUTSIDE:
            yield Reason.BORROWER_AREA
        if self.tests_credit_line and kind.over_limit:
            yield Reason.CREDIT_LINE

    def reason(self, kind: Kind) -> Reason:
        """The first reason that holds, or `ELIGIBLE`."""
        return next(self._broken(kind), Reason.ELIGIBLE)

    def detail(self, kind: Kind) -> str:
        """The code that made the reason hold (`bill_discount`, `USD`, …); empty where the reason says it all."""
        codes = {
            Reason.CURRENCY: kind.currency,
            Reason.PRODUCT_KIND: kind.product_kind,
            Reason.BORROWER_KIND: kind.borrower_kind,
            Reason.CLASSIFICATION: kind.classification,
        }
        return codes.get(self.reason(kind), "")


def definition_for(scheme: Scheme, on: date) -> Definition:
    """The definition in force on a day; raises `PolicySilent` on a day without one.

    A settlement uses the definition of its quarter's last day on every return it reads, so that like is compared with like.
    """

    def codes(name: str) -> frozenset[str]:
        return frozenset(scheme.value(name, on=on).codes)

    return Definition(
        credit_line_limit=scheme.value("credit_line_limit", on=on).fen,
        credit_line_limit_inclusive=scheme.value("credit_line_limit_inclusive", on=on).flag,
        currency=scheme.value("currency", on=on).text,
        excluded_product_kinds=codes("excluded_product_kinds"),
        borrower_kinds=codes("borrower_kinds"),
        operating_only_kinds=codes("operating_only_kinds"),
        in_city_only=scheme.value("borrower_area", on=on).code == "in_city",
        counted_classifications=codes("counted_classifications"),
    )


def definition_in_force(book: PolicyBook, on: date) -> Definition:
    """The definition of a day out of the policy book."""
    return definition_for(book.scheme(SCHEME), on)
