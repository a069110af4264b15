"""Row 5: above-scale industrial firms at full load in 2022Q1 with main revenue up by a tenth (notice, main text 二)."""

from fractions import Fraction

from kernel.bilingual import Text
from kernel.periods import Quarter
from settlement.event_awards.case import AwardCase, DueSum, plain
from settlement.event_awards.facts import AwardFact, count, flag, money
from settlement.event_awards.kind import INDUSTRY, AwardKind, paper, rules
from settlement.event_awards.terms import not_implemented

QUARTER = Quarter(2022, 1)  # the one quarter that the sentence names
_PIECES = Text("件（最小单位）", "pieces (smallest unit)")
_MONTHS_OF_QUARTER = 3


def full_load(case: AwardCase) -> DueSum:
    """“保持连续满负荷生产且实现主营业务收入同比增长10%以上”: both, compared exactly. Full load is a default test (domain §12)."""
    case.terms.only("full_load_test", "share_of_peak_and_same_quarter")
    case.require(case.event.day == QUARTER.last_day, "not_last_day_of_quarter", day=QUARTER.last_day)
    case.require(case.event.beneficiary.is_industrial, "not_industrial")
    case.require(case.event.flag("is_above_scale"), "not_above_scale")
    _revenue_grew(case)
    _ran_at_full_load(case)
    if case.terms.fraction("province_share") != Fraction(1, 2):
        raise not_implemented("province_share", case.terms.shown("province_share").zh, "50%")
    return plain(case.terms.fen("amount"))


def _revenue_grew(case: AwardCase) -> None:
    now, before, least = case.event.fen("revenue"), case.event.fen("revenue_year_before"), "revenue_growth_at_least"
    if case.require(before > 0, "growth_unknown"):
        grown = now >= before * (1 + case.terms.fraction(least))
        case.require(grown, "growth_too_small", least=case.terms.shown(least))


def _ran_at_full_load(case: AwardCase) -> None:
    event, least = case.event, "peak_month_share_at_least"
    output = sum(event.count(f"output_{month}") for month in ("january", "february", "march"))
    enough = output >= case.terms.fraction(least) * event.count("peak_month_output") * _MONTHS_OF_QUARTER
    case.require(enough, "below_peak_share", least=case.terms.shown(least))
    case.require(output >= event.count("same_quarter_output"), "below_same_quarter")


def _output(name: str, zh: str, en: str, hint: Text | None = None) -> AwardFact:
    return count(name, zh, en, _PIECES, hint)


KIND = AwardKind(
    rules=rules(full_load_award=full_load),
    responsible=INDUSTRY,
    day=Text("认定日", "Qualifying day"),
    day_hint=Text("一季度末 2022-03-31", "The quarter's last day, 2022-03-31"),
    facts=(
        flag("is_above_scale", "当季是规模以上工业企业", "Above scale in the quarter"),
        money("revenue", "2022 年一季度主营业务收入", "Main revenue of 2022Q1"),
        money("revenue_year_before", "2021 年一季度主营业务收入", "Main revenue of 2021Q1"),
        _output("output_january", "2022 年 1 月产量", "Output of January 2022"),
        _output("output_february", "2022 年 2 月产量", "Output of February 2022"),
        _output("output_march", "2022 年 3 月产量", "Output of March 2022"),
        _output("peak_month_output", "2021 年峰值月产量", "Output of 2021's peak month"),
        _output(
            "same_quarter_output",
            "2021 年一季度产量",
            "Output of 2021Q1",
            Text("三个月合计", "The three months together"),
        ),
    ),
    evidence=(
        paper("statistics", "规上统计报表（2021、2022 年一季度）", "Above-scale statistics of 2021Q1 and 2022Q1"),
        paper("production_record", "产量台账", "Production record"),
    ),
)
