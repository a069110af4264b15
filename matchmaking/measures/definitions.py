"""The measures of domain §7, each a written definition with its numerator and denominator. Pure.

授信 and 放款 are never mixed: an approved amount is counted when the bank decides, a disbursed amount only when bank, enterprise
and a certified loan return agree. A referral belongs to the week of its session.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from kernel.bilingual import Text
from matchmaking.matching.policy import RATE_UNITS


@dataclass(frozen=True)
class FollowedReferral:
    """What is known of one delivered referral. Amounts in fen, the rate in percent a year, days by the calendar.

    `answered_in_time`, `decided_in_time`: None while the stage is open within its deadline or was never called for.
    `disbursed` counts what three sides agree on, `stated` all that the bank stated and has not taken back.
    """

    institution_id: int
    region: str
    week: str
    theme: str
    is_contacted: bool = False
    is_approved: bool = False
    is_first_loan: bool = False
    is_green_channel: bool = False
    is_long_term: bool = False
    has_deposit: bool = False
    approved_amount: int = 0
    rate: Decimal = Decimal(0)
    guarantee: str = ""
    stated: int = 0
    disbursed: int = 0
    answered_in_time: bool | None = None
    decided_in_time: bool | None = None
    days_to_decision: int | None = None

    @cached_property
    def counts(self) -> "Counts":
        """What it adds to the numerator and the denominator of each measure, in their order."""
        return tuple(count for one in MEASURES.values() for count in (one.numerator(self), one.denominator(self)))


@dataclass(frozen=True)
class MeasureDefinition:
    """`unit`: count (referrals), fen, fen_percent (fen × percent a year over fen), or days.

    `parts` says how many whole numbers of the numerator make one of the unit, so that nothing but whole numbers is added up.
    """

    title: Text
    words: Text
    unit: str
    numerator: Callable[[FollowedReferral], int]
    denominator: Callable[[FollowedReferral], int]
    parts: int = 1


@dataclass(frozen=True)
class MeasuredValue:
    """One measure: what was counted over what; no value where nothing could be counted."""

    code: str
    numerator: Fraction
    denominator: int

    @property
    def value(self) -> Fraction | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def definition(self) -> MeasureDefinition:
        return MEASURES[self.code]


UNSECURED = "credit"
MEASURES: Mapping[str, MeasureDefinition] = {
    "contact_rate": MeasureDefinition(
        Text("对接率", "contact rate"),
        Text("银行联系过企业的推荐 ÷ 送达银行的推荐", "referrals with a first contact ÷ referrals delivered"),
        "count",
        lambda one: int(one.is_contacted),
        lambda _one: 1,
    ),
    "approval_rate": MeasureDefinition(
        Text("授信率", "approval rate"),
        Text("授信的推荐 ÷ 联系过的推荐", "referrals approved ÷ referrals with a first contact"),
        "count",
        lambda one: int(one.is_approved),
        lambda one: int(one.is_contacted),
    ),
    "disbursement_rate": MeasureDefinition(
        Text("放款率", "disbursement rate"),
        Text("三方对上的放款金额 ÷ 授信金额", "amount disbursed that three sides agree on ÷ amount approved"),
        "fen",
        lambda one: one.disbursed,
        lambda one: one.approved_amount,
    ),
    "stated_rate": MeasureDefinition(
        Text("银行报的放款", "drawdowns as stated"),
        Text("银行报的放款金额 ÷ 授信金额；没有三方对上，不算放款率", "as the bank states ÷ approved; not yet counted"),
        "fen",
        lambda one: one.stated,
        lambda one: one.approved_amount,
    ),
    "answered_in_time": MeasureDefinition(
        Text("按时受理", "answered in time"),
        Text("时限内受理或谢绝的 ÷ 已受理、已谢绝或已过时限的", "answered in time ÷ answered or past the deadline"),
        "count",
        lambda one: int(one.answered_in_time is True),
        lambda one: int(one.answered_in_time is not None),
    ),
    "decided_in_time": MeasureDefinition(
        Text("按时决定", "decided in time"),
        Text("时限内授信或谢绝的 ÷ 已决定或已过时限的", "decided in time ÷ decided or past the deadline"),
        "count",
        lambda one: int(one.decided_in_time is True),
        lambda one: int(one.decided_in_time is not None),
    ),
    "first_loan_share": MeasureDefinition(
        Text("首贷占比", "share of first loans"),
        Text("首贷户的授信笔数 ÷ 授信笔数", "approvals for first-loan firms ÷ approvals"),
        "count",
        lambda one: int(one.is_approved and one.is_first_loan),
        lambda one: int(one.is_approved),
    ),
    "unsecured_share": MeasureDefinition(
        Text("信用贷占比", "share of unsecured credit"),
        Text("信用方式的授信金额 ÷ 授信金额", "amount approved without security ÷ amount approved"),
        "fen",
        lambda one: one.approved_amount if one.guarantee == UNSECURED else 0,
        lambda one: one.approved_amount,
    ),
    "long_term_share": MeasureDefinition(
        Text("中长期占比", "medium- and long-term share"),
        Text("期限超过一年的授信金额 ÷ 授信金额", "amount approved for more than a year ÷ amount approved"),
        "fen",
        lambda one: one.approved_amount if one.is_long_term else 0,
        lambda one: one.approved_amount,
    ),
    "green_channel_share": MeasureDefinition(
        Text("绿色通道占比", "share of the green channel"),
        Text("走绿色通道的授信笔数 ÷ 授信笔数", "approvals through a green channel ÷ approvals"),
        "count",
        lambda one: int(one.is_approved and one.is_green_channel),
        lambda one: int(one.is_approved),
    ),
    "deposit_share": MeasureDefinition(
        Text("收保证金的占比", "share with a deposit"),
        Text(
            "收保证金的授信笔数 ÷ 授信笔数；原则上不收",
            "approvals with a deposit ÷ approvals; in principle there is none",
        ),
        "count",
        lambda one: int(one.has_deposit),
        lambda one: int(one.is_approved),
    ),
    "weighted_rate": MeasureDefinition(
        Text("加权利率", "weighted rate"),
        Text("授信金额 × 年利率的合计 ÷ 授信金额", "sum of amount × annual rate ÷ amount approved"),
        "fen_percent",
        lambda one: int(one.rate * RATE_UNITS) * one.approved_amount,
        lambda one: one.approved_amount,
        parts=RATE_UNITS,
    ),
    "mean_days": MeasureDefinition(
        Text("平均天数", "mean days"),
        Text(
            "从送达到决定的日历天数合计 ÷ 已决定的推荐", "calendar days from delivery to decision ÷ referrals decided"
        ),
        "days",
        lambda one: one.days_to_decision or 0,
        lambda one: int(one.days_to_decision is not None),
    ),
}


Counts = tuple[int, ...]


def together(counts: Iterable[Counts]) -> dict[str, MeasuredValue]:
    """Every measure over some counts: of referrals, or of groups of them."""
    sums = _summed(counts)
    return {
        code: MeasuredValue(code, Fraction(numerator, MEASURES[code].parts), denominator)
        for code, numerator, denominator in zip(MEASURES, sums[::2], sums[1::2], strict=True)
    }


def _summed(counts: Iterable[Counts]) -> Counts:
    return tuple(map(sum, zip(*counts, strict=True))) or (0,) * (2 * len(MEASURES))


GROUPINGS: Mapping[str, tuple[Text, Callable[[FollowedReferral], str]]] = {
    "bank": (Text("按银行", "by bank"), lambda row: str(row.institution_id)),
    "county": (Text("按区县", "by county"), lambda row: row.region),
    "week": (Text("按周", "by week"), lambda row: row.week),
    "theme": (Text("按主题", "by theme"), lambda row: row.theme),
}


@dataclass(frozen=True)
class Counted:
    """Some referrals, each counted once: what those of a group and a week add up to, from which all else is added up."""

    cells: Mapping[tuple[str, str], Counts]

    @property
    def total(self) -> dict[str, MeasuredValue]:
        return together(self.cells.values())

    @property
    def groups(self) -> dict[str, dict[str, MeasuredValue]]:
        """The measures of each bank, county, week or theme, by its key."""
        return self._along(0)

    @property
    def weeks(self) -> dict[str, dict[str, MeasuredValue]]:
        return self._along(1)

    def _along(self, place: int) -> dict[str, dict[str, MeasuredValue]]:
        found: dict[str, list[Counts]] = {}
        for key, counts in self.cells.items():
            found.setdefault(key[place], []).append(counts)
        return {name: together(found[name]) for name in sorted(found)}


def counted(rows: Iterable[FollowedReferral], by: str) -> Counted:
    """The referrals by one grouping and by week."""
    key = GROUPINGS[by][1]
    cells: dict[tuple[str, str], list[Counts]] = {}
    for row in rows:
        cells.setdefault((key(row), row.week), []).append(row.counts)
    return Counted({cell: _summed(counts) for cell, counts in cells.items()})
