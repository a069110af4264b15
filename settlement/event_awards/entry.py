"""Rows 27 and 28: an industrial firm's first entry into the above-scale register; two parts of one award, both paid (附件2 四(三))."""

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.event_awards.case import AwardCase, DueSum, plain
from settlement.event_awards.facts import flag, money
from settlement.event_awards.kind import INDUSTRY, AwardKind, paper, rules


def first_entry(case: AwardCase) -> DueSum:
    """“对首次入库的工业企业，给予5万元一次性奖励”. Re-entry after 退规 is not first entry [default]."""
    case.terms.only("event", "first_entry")
    case.require(case.event.beneficiary.is_industrial, "not_industrial")
    if not case.terms.between("reentry_is_first_entry").flag:
        entries = {one.day for one in case.granted(*KIND.rules)} - {case.event.day}
        case.require(not case.event.flag("was_in_register") and not entries, "not_first_entry")
    return plain(case.terms.fen("amount"))


def revenue_part(case: AwardCase) -> DueSum:
    """“年主营业务收入达到5000万元及以上的企业，再给予3万元奖励”: of the year that supported the entry [default]."""
    case.terms.only("adds_to", "first-entry-award")
    case.terms.only("revenue_year", "supporting_entry")
    least = case.terms.fen("revenue_at_least")
    case.require(case.event.fen("revenue") >= least, "revenue_too_small", least=grouped(least))
    return first_entry(case)


KIND = AwardKind(
    rules=rules(first_entry_award=first_entry, first_entry_revenue_award=revenue_part),
    responsible=INDUSTRY,
    day=Text("入库日", "Day of entry"),
    day_hint=Text("统计部门批准纳入规上库的日子", "The day the statistics office entered the firm"),
    facts=(
        flag("was_in_register", "以前入过规上库（包括退规）", "Was in the register before, or fell out of it"),
        money(
            "revenue",
            "年主营业务收入",
            "Yearly main revenue",
            Text(
                "支撑入库的那一年；达到 5,000 万元另有加奖",
                "Of the year that supported the entry; 50 million yuan or more adds a part",
            ),
        ),
    ),
    evidence=(
        paper("register_notice", "入库批复或名录截图", "Notice of entry into the register"),
        paper("income_statement", "支撑入库年度的利润表", "Income statement of the year that supported the entry"),
    ),
)
