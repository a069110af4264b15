"""Size classes of enterprises 中小企业划型 (工信部联企业〔2011〕300号; domain §11). Pure.

"中小企业划分为中型、小型、微型三种类型": an enterprise below any of its industry's `sme` bounds is medium, small or micro;
a class needs all its lower bounds, else the class is one lower; large needs both. The bounds are the dated parameters of
`config/policies/size-classes.toml`: staff in people, revenue and assets in 万元.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from kernel.errors import Refused
from kernel.money import FEN_PER_WAN
from kernel.policies import Scheme
from kernel.policies.declared import Reads, numbers

SCHEME = "size-classes"
MEASURES = ("staff", "revenue", "assets")
UNITS = {"staff": 1, "revenue": FEN_PER_WAN, "assets": FEN_PER_WAN}  # the rule counts money in 万元

# GB/T 4754-2017 to the industries of the rule, the longest prefix wins; railways (G53) are not in the rule's transport.
_INDUSTRIES = {
    **{"A": "agriculture", "B": "industry", "C": "industry", "D": "industry", "E": "construction", "L": "leasing"},
    **{"F51": "wholesale", "F52": "retail", "H61": "lodging", "H62": "catering"},
    **{"G53": "other", "G54": "transport", "G55": "transport", "G56": "transport", "G57": "transport"},
    **{"G58": "transport", "G591": "transport", "G59": "storage", "G60": "post"},
    **{"I63": "information", "I64": "information", "I65": "software"},
    **{"K701": "real_estate", "K702": "property", "K703": "other", "K704": "other", "K709": "other"},
}
_DIVIDED = frozenset("FGHIK")
_MEASURED = {  # what the bounds of each industry are counted in
    **dict.fromkeys(("agriculture",), ("revenue",)),
    **dict.fromkeys(("construction", "real_estate"), ("revenue", "assets")),
    **dict.fromkeys(("leasing",), ("staff", "assets")),
    **dict.fromkeys(("other",), ("staff",)),
}
_STAFF_AND_REVENUE = (
    *("industry", "wholesale", "retail", "transport", "storage", "post", "lodging", "catering"),
    *("information", "software", "property"),
)
READS = Reads(
    SCHEME,
    tuple(
        numbers(
            industry,
            *(f"{size}_{one}" for size in ("sme", "medium", "small") for one in measured),
            least=1,
            most=10_000_000,
        )
        for industry, measured in {**_MEASURED, **dict.fromkeys(_STAFF_AND_REVENUE, ("staff", "revenue"))}.items()
    ),
)


class SizeClass(StrEnum):
    """微型, 小型, 中型, 大型."""

    MICRO = "micro"
    SMALL = "small"
    MEDIUM = "medium"
    LARGE = "large"


@dataclass(frozen=True)
class Measures:
    """What an enterprise reports: staff in people, revenue and assets in whole fen. `None` is “not reported”."""

    staff: int | None = None
    revenue: int | None = None
    assets: int | None = None


class MeasureMissing(Refused):
    """The industry's bounds need a figure that was not reported."""

    def __init__(self, measure: str) -> None:
        zh = {"staff": "从业人员", "revenue": "营业收入", "assets": "资产总额"}[measure]
        super().__init__(
            "measure_missing",
            f"划型缺“{zh}”，请补填后再划",
            f"The size class needs {measure}; add it first",
        )


class IndustryTooShort(Refused):
    """The section holds several industries of the rule: the code needs its division."""

    def __init__(self, code: str) -> None:
        super().__init__(
            "industry_too_short",
            f"行业代码“{code}”分不出划型行业，请填到两位以上，例如 F51（批发）、F52（零售）、K701（房地产开发）",
            f"Industry code “{code}” is too short for a size class; write more digits, such as F51, F52 or K701",
        )


def industry_of(code: str) -> str:
    """The industry of the rule for a GB/T 4754 code (a section letter with up to four digits)."""
    known = next((_INDUSTRIES[code[:length]] for length in (4, 3, 1) if code[:length] in _INDUSTRIES), None)
    if known is None and code[:1] in _DIVIDED:
        raise IndustryTooShort(code)
    return known or "other"


@dataclass(frozen=True)
class ClassBounds:
    """One industry's bounds: per class the measures that have one, staff in people, money in fen."""

    sme: Mapping[str, int]
    medium: Mapping[str, int]
    small: Mapping[str, int]


def bounds_in_force(scheme: Scheme, industry: str, on: date) -> ClassBounds:
    """The bounds of an industry (`industry`, `retail`, …, `other`) on a day."""
    table = scheme.value(industry, on=on).numbers

    def of(size: str) -> dict[str, int]:
        keys = {measure: f"{size}_{measure}" for measure in MEASURES}
        return {one: table[key] * UNITS[one] for one, key in keys.items() if key in table}

    return ClassBounds(of("sme"), of("medium"), of("small"))


def size_class(measures: Measures, bounds: ClassBounds) -> SizeClass:
    """The class of an enterprise in its industry. Raises `MeasureMissing` where a bound has nothing to compare with."""
    if all(_reached(measures, bounds.sme)):
        return SizeClass.LARGE
    if all(_reached(measures, bounds.medium)):
        return SizeClass.MEDIUM
    return SizeClass.SMALL if all(_reached(measures, bounds.small)) else SizeClass.MICRO


def _reached(measures: Measures, bounds: Mapping[str, int]) -> list[bool]:
    return [_known(measures, measure) >= bound for measure, bound in bounds.items()]


def _known(measures: Measures, measure: str) -> int:
    figure: int | None = getattr(measures, measure)
    if figure is None:
        raise MeasureMissing(measure)
    return figure
