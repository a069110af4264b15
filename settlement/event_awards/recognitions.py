"""Rows 38 to 41: first recognition of specialised firms, little giants and service platforms; yearly prizes (附件3 二(二)(七)).

Provincial, then national, are two events and both pay [default]; the other reading pays the difference alone.
"""

from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.event_awards.case import AwardCase, DueSum, plain
from settlement.event_awards.events import GrantedAward
from settlement.event_awards.facts import choice, count, flag
from settlement.event_awards.kind import INDUSTRY, AwardKind, paper, rules
from settlement.event_awards.terms import not_implemented

LITTLE_GIANT, SPECIALISED = "little-giant-award", "specialised-firm-award"


def _recognised_first(case: AwardCase) -> None:
    case.require(case.event.flag("is_first"), "not_first_recognition")


def _beside(case: AwardCase, due: DueSum, other_level: Iterable[GrantedAward]) -> DueSum:
    """The sum beside what the other level was awarded, as the policy reads `provincial_then_national`."""
    reading, before = case.terms.between("provincial_then_national").code, sum(one.amount for one in other_level)
    if reading == "both_pay" or not before:
        return due
    if reading != "difference":
        raise not_implemented("provincial_then_national", reading, "both_pay, difference")
    rest = max(Fraction(0), due.exact - before)
    case.require(rest > 0, "nothing_left", amount=grouped(before))
    line = f"{due.written.zh} − {grouped(before)}", f"{due.written.en} − {grouped(before)}"
    return replace(due, exact=rest, written=Text(*line))


def little_giant(case: AwardCase) -> DueSum:
    """“对首次认定的国家级专精特新“小巨人”企业给予一次性财政资金奖励50万元”."""
    _recognised_first(case)
    return _beside(case, plain(case.terms.fen("amount")), case.granted(SPECIALISED))


def specialised(case: AwardCase) -> DueSum:
    """“省级“专精特新”中小企业给予一次性财政资金奖励20万元”."""
    _recognised_first(case)
    return _beside(case, plain(case.terms.fen("amount")), case.granted(LITTLE_GIANT))


def service_platform(case: AwardCase) -> DueSum:
    """National 50万, provincial 30万, once for each kind of platform and level."""
    _recognised_first(case)
    kind, level = case.event.code("platform"), case.event.code("level")
    case.require(kind in case.terms.codes("kinds"), "kind_not_covered")
    due = replace(plain(case.terms.amounts("amounts")[level]), once=f"{kind}/{level}")
    same_kind = [one for one in case.granted() if one.once_key.startswith(f"{kind}/")]
    return _beside(case, due, same_kind)


def platform_prize(case: AwardCase) -> DueSum:
    """First, second or third prize of the province's yearly assessment: 20万, 10万, 5万, once for each year assessed."""
    year = case.event.count("year")
    case.require(year <= case.event.day.year, "year_in_future", year=year)
    return replace(plain(case.terms.amounts("amounts")[case.event.code("prize")]), year=year)


_FIRST = flag(
    "is_first", "首次认定（没有因复核、重新认定再报）", "Recognised for the first time, not again after a review"
)
_DAY = Text("认定日", "Day of recognition")
_DAY_HINT = Text("认定文件的落款日", "The date of the document")
_NOTICE = paper("recognition", "认定文件或名单", "The document or list of recognition")
_NO_UNIT = Text("年", "")

KINDS = (
    AwardKind(
        rules=rules(little_giant_award=little_giant),
        responsible=INDUSTRY,
        day=_DAY,
        day_hint=_DAY_HINT,
        facts=(_FIRST,),
        evidence=(_NOTICE,),
    ),
    AwardKind(
        rules=rules(specialised_firm_award=specialised),
        responsible=INDUSTRY,
        day=_DAY,
        day_hint=_DAY_HINT,
        facts=(_FIRST,),
        evidence=(_NOTICE,),
    ),
    AwardKind(
        rules=rules(service_platform_award=service_platform),
        responsible=INDUSTRY,
        day=_DAY,
        day_hint=_DAY_HINT,
        facts=(
            choice("platform", "认定成什么", "Recognised as", of="kinds"),
            choice("level", "级别", "Level", of="amounts"),
            _FIRST,
        ),
        evidence=(_NOTICE,),
    ),
    AwardKind(
        rules=rules(platform_assessment_award=platform_prize),
        responsible=INDUSTRY,
        day=Text("考核结果公布日", "Day the results were announced"),
        facts=(
            count("year", "考核年度", "Year assessed", _NO_UNIT, lowest=2000),
            choice("prize", "等次", "Prize", of="amounts"),
        ),
        evidence=(paper("assessment", "省工业和信息化厅的考核结果", "The province's assessment results"),),
    ),
)
