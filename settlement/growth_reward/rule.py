"""The parameters of the growth reward as they stand for one quarter."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Scheme
from settlement.fiscal_shares import Split
from settlement.growth_reward.figures import LegalPerson

SCHEME = "growth-reward"
TAKES_BACK = "takes_back"
CENTRAL_BANK = "central_bank_tool"
IMPLEMENTED = {"rounding": frozenset({"half_up_fen"}), "falling_quarter": frozenset({"pays_zero", TAKES_BACK})}


class Basis(StrEnum):
    """What a quarter-end balance is compared with (open word `base`, domain §12)."""

    PREVIOUS_QUARTER_END = "previous_quarter_end"
    HIGH_WATER_MARK = "high_water_mark"
    YEAR_TO_DATE = "year_to_date"


BASIS_TITLES = {
    Basis.PREVIOUS_QUARTER_END: Text("比上季末", "Against the previous quarter end"),
    Basis.HIGH_WATER_MARK: Text("比以往最高", "Against the highest so far"),
    Basis.YEAR_TO_DATE: Text("比上年末加本年已奖增量", "Against last year's end plus this year's rewarded growth"),
}


@dataclass(frozen=True)
class GrowthRule:
    """One quarter's parameters, read on its last day. Source: notice 三, 平政办〔2022〕15号; defaults domain §2.

    `rewarded` are the quarters up to this one that have a rate; `first_base` is the quarter that ends on the first base date.
    `takes_back`: a fall is taken back at the same rate. `central_bank_rate` is the rate of the central bank's own tool, None
    unless a document has decided that its money is deducted; `payer` is None until a document names one.
    """

    quarter: Quarter
    rate: Decimal
    basis: Basis
    alternative_basis: Basis
    first_base: Quarter
    certified_tolerance: Decimal
    rewarded: frozenset[Quarter]
    excluded_institution_kinds: frozenset[str] = frozenset({"guarantor", "re_guarantor"})
    policy_digest: str = ""
    takes_back: bool = False
    central_bank_rate: Decimal | None = None
    payer: str | None = None

    def may_reward(self, person: LegalPerson, on: date) -> bool:
        """Local legal person on that day, and not of an excluded kind (guarantors [default])."""
        return person.is_local(on) and person.kind not in self.excluded_institution_kinds

    @property
    def is_paid_by_central_bank(self) -> bool:
        """Whether a document has the central bank's tool pay, so that no fiscal share arises."""
        return self.payer == CENTRAL_BANK

    @property
    def split(self) -> Split:
        """How the reward is shared: all by the central bank's tool where a document says so, else by the closing sentence."""
        return "central_bank_tool" if self.is_paid_by_central_bank else "closing_sentence"

    @property
    def first_quarter(self) -> Quarter:
        """The first quarter that is rewarded at all: its base is the first base date."""
        return min(self.rewarded)

    @property
    def quarters(self) -> tuple[Quarter, ...]:
        """Every quarter end the rule may need, from the first base date to this quarter."""
        return tuple(self.first_base.through(self.quarter))


def _quarter_ending(day: date) -> Quarter:
    quarter = Quarter.containing(day)
    if quarter.last_day != day:
        raise Refused(
            "base_not_quarter_end",
            f"起算日 {day} 不是季末，请在政策文件里改成季末日期",
            f"The first base date {day} is not a quarter end; set one in the policy file",
        )
    return quarter


def _only_what_is_implemented(scheme: Scheme, day: date) -> None:
    """A policy that asks for something this rule cannot do is refused, never read as something near it."""
    for name, implemented in IMPLEMENTED.items():
        asked = scheme.value(name, on=day).code
        if asked not in implemented:
            known = ", ".join(sorted(implemented))
            raise Refused(
                "policy_not_implemented",
                f"政策文件里“{name}”取“{asked}”，还没有实现，目前只会“{known}”",
                f"The policy asks for {name} “{asked}”, which is not implemented; only “{known}” is",
            )


def _pays(scheme: Scheme, quarter: Quarter) -> bool:
    """Whether the quarter ends on a day with a rate and under a clause."""
    day = quarter.last_day
    return scheme.parameter("rate").on(day) is not None and not scheme.is_over(day)


def _rewarded(scheme: Scheme, first: Quarter, last: Quarter) -> frozenset[Quarter]:
    return frozenset(quarter for quarter in first.through(last) if _pays(scheme, quarter))


def _takes_back(scheme: Scheme, day: date, basis: Basis) -> bool:
    """Whether a fall is taken back: against the previous quarter end alone, or the same fall would be taken twice."""
    takes_back = scheme.value("falling_quarter", on=day).code == TAKES_BACK
    if takes_back and basis is not Basis.PREVIOUS_QUARTER_END:
        raise Refused(
            "fall_taken_twice",
            "下降的季度要扣回时，基数只能是上季末余额，否则同一次下降会扣两次；请改其中一项",
            "Where a fall is taken back the base must be the previous quarter end, or one fall is taken twice; change one",
        )
    return takes_back


def _central_bank_rate(scheme: Scheme, day: date) -> Decimal | None:
    """The rate of the central bank's tool, once a document has decided that its money is deducted."""
    decided = scheme.parameter("central_bank_deduction").on(day)
    return scheme.value("central_bank_rate", on=day).rate if decided is not None and decided.flag else None


def _after_first_base(quarter: Quarter, first_base: Quarter) -> None:
    if quarter <= first_base:
        raise Refused(
            "quarter_before_first_base",
            f"{quarter} 不晚于首个基数日 {first_base.last_day}，没有基数，不奖；请换以后的季度",
            f"{quarter} is not after the first base date {first_base.last_day}: there is no base; choose a later quarter",
        )


def rule_for(scheme: Scheme, quarter: Quarter) -> GrowthRule:
    """The rule of a quarter, read on its last day. Raises `PolicySilent` or `PolicyOver` outside the window: a refusal, never a zero."""
    day = quarter.last_day
    rate = scheme.value("rate", on=day).rate
    scheme.must_not_be_over(day)
    _only_what_is_implemented(scheme, day)
    first_base = _quarter_ending(scheme.value("first_base_date", on=day).day)
    _after_first_base(quarter, first_base)
    basis, payer = Basis(scheme.value("basis", on=day).code), scheme.parameter("payer").on(day)
    return GrowthRule(
        quarter=quarter,
        rate=rate,
        basis=basis,
        alternative_basis=Basis(scheme.value("alternative_basis", on=day).code),
        first_base=first_base,
        certified_tolerance=scheme.value("certified_tolerance", on=day).rate,
        rewarded=_rewarded(scheme, first_base.next, quarter),
        excluded_institution_kinds=frozenset(scheme.value("excluded_institution_kinds", on=day).codes),
        policy_digest=scheme.digest_on(day),
        takes_back=_takes_back(scheme, day, basis),
        central_bank_rate=_central_bank_rate(scheme, day),
        payer=None if payer is None else payer.code,
    )


def rule_in_force(book: PolicyBook, quarter: Quarter) -> GrowthRule:
    """The rule of a quarter out of the policy book."""
    return rule_for(book.scheme(SCHEME), quarter)
