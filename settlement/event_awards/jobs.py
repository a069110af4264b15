"""Rows 11, 13, 14 and 15: apprentices, placing job seekers, keeping staff, hiring (notice, main text 四; 附件1 二)."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.event_awards.case import AwardCase, DueSum, product, rate_of
from settlement.event_awards.facts import choice, count, day, flag, money, text
from settlement.event_awards.kind import AwardKind, paper, rules
from settlement.event_awards.months import full_months

SMALL_AND_MEDIUM = frozenset({"micro", "small", "medium", "individual_business"})
_LEVELS = ("intermediate", "senior")


def apprentices(case: AwardCase) -> DueSum | None:
    """“按照中级工每人每年5000元、高级工每人每年6000元的标准给予补贴”: × full training months / 12 [default], one training year a claim."""
    case.terms.only("proration", "full_months")
    event, in_year, amounts = case.event, case.terms.integer("months_per_year"), case.terms.amounts("amounts")
    persons = {level: event.count(level) for level in _LEVELS}
    case.require(any(persons.values()), "nobody")
    first, last = event.day_of("first_day"), event.day_of("last_day")
    months = _months_of_training(case, first, last, in_year)
    if months is None:
        return None
    exact = sum(Fraction(amounts[level] * persons[level] * months, in_year) for level in _LEVELS)
    return DueSum(
        exact=Fraction(exact),
        written=_apprentices_written(persons, dict(amounts), months, in_year),
        once=f"{event.identity_of('course')}/{first}",
        period=(first, last),
    )


def _months_of_training(case: AwardCase, first: date, last: date, in_year: int) -> int | None:
    if not case.require(first <= last, "period_reversed") or not case.require(
        last <= case.event.day, "future_day", day=last
    ):
        return None
    months = full_months(first, last)
    case.require(months > 0, "no_full_month")
    case.require(months <= in_year, "longer_than_a_year", months=in_year)
    return months


def _apprentices_written(persons: dict[str, int], amounts: dict[str, int], months: int, in_year: int) -> Text:
    parts = [f"{persons[level]} × {grouped(amounts[level])}" for level in _LEVELS if persons[level]]
    line = f"({' + '.join(parts)}) × {months}/{in_year}"
    return Text(line, line)


def placement(case: AwardCase) -> DueSum:
    """“免费介绍求职者就业的，按照规定给予就业创业服务补助”: an amount per person placed, set by a document."""
    event, amount = case.event, case.terms.fen("amount")
    case.require(event.flag("is_free"), "not_free_of_charge")
    case.require(event.count("persons") > 0, "nobody")
    exact = Fraction(amount * event.count("persons"))
    return DueSum(exact, product(exact, str(event.count("persons")), grouped(amount)), once=event.identity_of("batch"))


def retention(case: AwardCase) -> DueSum:
    """“支持企业稳岗，落实一次性吸纳就业补贴”: a rate of last year's contributions, or an amount per person hired, both by document."""
    event, what = case.event, case.event.code("what")
    if what == "rebate":
        case.require(event.flag("kept_staff"), "staff_cut")
        return replace(rate_of(case, event.fen("contributions"), "rebate_rate"), once=what)
    amount, persons = case.terms.fen("hiring_amount"), event.count("persons")
    case.require(persons > 0, "nobody")
    return DueSum(
        Fraction(amount * persons), product(Fraction(amount * persons), str(persons), grouped(amount)), once=what
    )


def insurance(case: AwardCase) -> DueSum | None:
    """“给予最长不超过1年的社会保险补贴”: a rate (by document) of what was paid in for staff hired on contracts of a year or more."""
    event, least = case.event, case.terms.integer("contract_months_at_least")
    case.require(event.beneficiary.size_class in SMALL_AND_MEDIUM, "not_small_or_medium")
    case.require(event.count("contract_months") >= least, "contract_too_short", months=least)
    first, last = event.day_of("first_day"), event.day_of("last_day")
    if _months_of_training(case, first, last, case.terms.integer("months_at_most")) is None:
        return None
    due = rate_of(case, event.fen("contributions"), "rate")
    return replace(due, once=f"{event.identity_of('batch')}/{first}", period=(first, last))


_PERSONS = Text("人", "persons")
_MONTHS = Text("个月", "months")
_FIRST, _LAST = ("first_day", "开始日", "First day"), ("last_day", "结束日（含当天）", "Last day, included")
_BATCH = Text("同一批只能报一次", "One batch is claimed once")
_WHAT = {"rebate": Text("稳岗返还", "Rebate for keeping staff"), "hiring": Text("一次性吸纳就业补贴", "Hiring subsidy")}

KINDS = (
    AwardKind(
        rules=rules(apprentice_subsidy=apprentices),
        day=Text("培训年度结束日", "End of the training year"),
        day_hint=Text("按这一天有效的标准计算", "The amounts in force on this day hold"),
        facts=(
            text("course", "培训班编号", "Number of the course"),
            day(*_FIRST, Text("这个培训年度开始的日子", "When this training year began")),
            day(*_LAST),
            count("intermediate", "中级工", "Intermediate workers", _PERSONS),
            count("senior", "高级工", "Senior workers", _PERSONS),
        ),
        evidence=(
            paper("agreement", "与院校的合作培训协议", "Training agreement with the school"),
            paper("roster", "学徒花名册", "Roster of apprentices"),
            paper("certificates", "结业或技能等级证书", "Certificates of skill", required=False),
        ),
    ),
    AwardKind(
        rules=rules(job_placement_subsidy=placement),
        day=Text("介绍成功的最后一天", "Last day of the placements"),
        facts=(
            flag("is_free", "免费介绍", "Placed free of charge"),
            text("batch", "批次编号", "Number of the batch", _BATCH),
            count("persons", "介绍就业人数", "Persons placed", _PERSONS),
        ),
        evidence=(paper("roster", "就业人员花名册和劳动合同", "Roster and contracts of those placed"),),
    ),
    AwardKind(
        rules=rules(job_retention_rebate=retention),
        day=Text("申报年度内的日子", "A day in the year claimed for"),
        facts=(
            choice("what", "报哪一项", "Which of the two", among=_WHAT),
            flag("kept_staff", "不裁员或少裁员", "No staff, or few, were let go"),
            money(
                "contributions",
                "上年度缴纳的失业保险费",
                "Unemployment insurance paid last year",
                Text("只报吸纳就业的填 0", "0 for the hiring subsidy"),
            ),
            count("persons", "吸纳人数", "Persons hired", _PERSONS, Text("只报稳岗返还的填 0", "0 for the rebate")),
        ),
        evidence=(paper("insurance_record", "参保缴费证明", "Record of insurance paid"),),
    ),
    AwardKind(
        rules=rules(social_insurance_subsidy=insurance),
        day=Text("补贴期最后一天", "Last day of the subsidised months"),
        facts=(
            text("batch", "批次编号", "Number of the batch", _BATCH),
            day(*_FIRST),
            day(*_LAST),
            count("contract_months", "劳动合同期限", "Length of the contracts", _MONTHS),
            money("contributions", "这段时间为他们缴的社会保险费", "Social insurance paid for them in that time"),
        ),
        evidence=(
            paper("contracts", "劳动合同", "Contracts"),
            paper("insurance_record", "参保缴费证明", "Record of insurance paid"),
            paper("status", "登记失业或毕业证明", "Proof of registered unemployment or graduation"),
        ),
    ),
)
