"""Why a statement waits: its amount stands, approval and payment are blocked (domain §2, certification)."""

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from kernel.bilingual import Text
from settlement.growth_reward.figures import QuarterEnd
from settlement.growth_reward.readings import Reading, Series
from settlement.growth_reward.rule import GrowthRule


class Hold(StrEnum):
    """A reason to wait, in the order in which they are told."""

    RETURN_MISSING = "return_missing"
    NO_BASE = "no_base"
    UNCERTIFIED = "uncertified"
    DIFFERENCE = "difference"
    REFERENCE_UNCERTIFIED = "reference_uncertified"


HOLD_TITLES = {
    Hold.RETURN_MISSING: Text(
        "报表没有收到，算不出金额：请机构补报",
        "A return is missing, so there is no amount: ask the institution to file it",
    ),
    Hold.NO_BASE: Text(
        "新机构没有上季末余额，没有基数：请人工审定",
        "A new institution without a prior quarter end has no base: it needs review",
    ),
    Hold.UNCERTIFIED: Text(
        "人民银行还没有核定季末余额：请补录核定数",
        "The quarter-end balance is not certified yet: record the certified figure",
    ),
    Hold.DIFFERENCE: Text(
        "报表合格余额与核定余额相差超过允许的比例：请与机构和人民银行核对",
        "Return and certified figure differ by more than is allowed: check with the institution and the central bank",
    ),
    Hold.REFERENCE_UNCERTIFIED: Text(
        "基数所在季末的余额还没有核定：请补录核定数",
        "The reference balance is not certified yet: record the certified figure",
    ),
}


@dataclass(frozen=True)
class Control:
    """The return held against the certified figure of one quarter end, fen."""

    returned: int
    certified: int
    tolerance: Fraction

    @property
    def difference(self) -> int:
        return self.returned - self.certified

    @property
    def share(self) -> Fraction | None:
        """The difference as an exact part of the certified figure; None where that is zero."""
        return Fraction(abs(self.difference), abs(self.certified)) if self.certified else None

    @property
    def agrees(self) -> bool:
        """|return − certified| ≤ tolerance × certified: 超过 excludes the number itself."""
        return abs(self.difference) <= self.tolerance * abs(self.certified)


def control(end: QuarterEnd, rule: GrowthRule) -> Control | None:
    """The control of a quarter end that has both figures."""
    if end.returned is None or end.certified is None:
        return None
    return Control(end.returned, end.certified, Fraction(rule.certified_tolerance))


def _differs(end: QuarterEnd, rule: GrowthRule) -> bool:
    checked = control(end, rule)
    return checked is not None and not checked.agrees


def _missing(reading: Reading, series: Series) -> Hold | None:
    """Why a reading has no reference: nobody was there, or somebody's return is missing."""
    if reading.reference_balance is not None:
        return None
    there = any(not series[quarter].absent for quarter in reading.window)
    return Hold.RETURN_MISSING if there else Hold.NO_BASE


def holds(reading: Reading, rule: GrowthRule, series: Series) -> tuple[Hold, ...]:
    """All reasons why the statement of the paid reading waits, the one to name first in front.

    Each figure is controlled once: the quarter's own here, a reference with its own quarter's statement, and the first
    base date's, which has no statement of its own, by every statement that rests on it.
    """
    current, found = series[rule.quarter], set[Hold | None]()
    found.add(Hold.RETURN_MISSING if current.returned is None else None)
    found.add(_missing(reading, series))
    found.add(Hold.UNCERTIFIED if current.certified is None else None)
    used = [series[quarter] for quarter in reading.window if not series[quarter].absent]
    if any(end.certified is None for end in used):
        found.add(Hold.REFERENCE_UNCERTIFIED)
    first_base = [end for end in used if end.quarter == rule.first_base]
    if any(_differs(end, rule) for end in (current, *first_base)):
        found.add(Hold.DIFFERENCE)
    return tuple(hold for hold in Hold if hold in found)
