"""How long a loan may be deferred, by the rules in force on the day of asking and the loan's own due day (domain §8). Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.policies import PolicyBook, PolicySilent, PolicyUndecided, Scheme

SCHEME = "deferral"
RULES = {
    "merchants": Text("小微商贸、个体工商户", "Small merchants and individual businesses"),
    "disaster": Text("受疫情灾情影响的小微企业", "Small and micro firms hit by epidemic or disaster"),
    "fourth_quarter": Text("2022 年四季度到期贷款", "Loans due in the last quarter of 2022"),
}
SMALL = frozenset({"small", "micro"})
TRADES = frozenset({"F", "H"})


@dataclass(frozen=True)
class DeferralFacts:
    """Of a loan on the day of asking: its due day, the borrower's kind, whether it trades, whether it was hit by epidemic or disaster."""

    asked_on: date
    due_on: date
    borrower_kind: str
    is_merchant: bool
    is_hit: bool


@dataclass(frozen=True)
class DeferralAnswer:
    """One rule: whether it applies, until when at the latest (None: no day is written), what it covers, and why."""

    rule: str
    applies: bool
    until: date | None
    covers: tuple[str, ...]
    penalty_interest: bool | None
    why: Text


def deferral_answers(facts: DeferralFacts, book: PolicyBook) -> list[DeferralAnswer]:
    """What each of the three rules says of a loan."""
    scheme = book.scheme(SCHEME)
    return [_merchants(facts, scheme), _disaster(facts, scheme), _fourth_quarter(facts, scheme)]


def is_merchant(industry: str) -> bool:
    """Whether a GB/T 4754 code belongs to trade or to hotels and catering 商贸: sections F and H [default]."""
    return industry[:1] in TRADES


def fitting_rule(found: list[DeferralAnswer], *, until: date, with_interest: bool) -> DeferralAnswer | None:
    """The first rule that applies, covers what is asked for, and allows that day; one without a last day allows any."""
    wanted = {"principal", "interest"} if with_interest else {"principal"}
    fits = (
        one for one in found if one.applies and wanted <= set(one.covers) and (one.until is None or until <= one.until)
    )
    return next(fits, None)


def longest(found: Sequence[DeferralAnswer]) -> date | None:
    """The latest day that any rule allows; None where none applies or none has a day."""
    return max((one.until for one in found if one.applies and one.until), default=None)


def _no(rule: str, zh: str, en: str) -> DeferralAnswer:
    return DeferralAnswer(rule, False, None, (), None, Text(zh, en))


def _merchants(facts: DeferralFacts, scheme: Scheme) -> DeferralAnswer:
    covered = facts.borrower_kind == "individual_business" or (facts.is_merchant and facts.borrower_kind in SMALL)
    if not covered:
        return _no("merchants", "不是小微商贸企业或个体工商户", "Neither a small merchant nor an individual business")
    try:
        since = scheme.value("merchants_due_since", facts.asked_on).day
        until = scheme.value("merchants_until", facts.asked_on)
    except PolicySilent:
        return _no("merchants", "当时没有这条规定", "There was no such rule then")
    if facts.due_on < since:
        return _no("merchants", f"{since} 前到期的不算", f"Not for loans due before {since}")
    if max(facts.due_on, facts.asked_on) > until.day:
        return _no("merchants", f"最长只到 {until.day}", f"Only until {until.day}")
    covers = scheme.value("merchants_covers", facts.asked_on).codes
    return DeferralAnswer("merchants", True, until.day, covers, None, Text(until.reference, until.reference))


def _disaster(facts: DeferralFacts, scheme: Scheme) -> DeferralAnswer:
    if not (facts.is_hit and facts.borrower_kind in SMALL):
        return _no("disaster", "不是受疫情灾情影响的小微企业", "Not a small or micro firm hit by epidemic or disaster")
    try:
        covers = scheme.value("disaster_covers", facts.asked_on)
    except PolicySilent:
        return _no("disaster", "当时没有这条规定", "There was no such rule then")
    try:
        until: date | None = scheme.value("disaster_until", facts.asked_on).day
        why = Text(covers.reference, covers.reference)
    except PolicyUndecided:
        until = None
        why = Text(f"{covers.reference}，没有写最长到哪天", f"{covers.reference}; no last day is written")
    return DeferralAnswer("disaster", True, until, covers.codes, None, why)


def _fourth_quarter(facts: DeferralFacts, scheme: Scheme) -> DeferralAnswer:
    day = facts.asked_on
    try:
        first, last = scheme.value("fourth_quarter_due_from", day).day, scheme.value("fourth_quarter_due_to", day).day
    except PolicySilent:
        return _no("fourth_quarter", "当时没有这条规定", "There was no such rule then")
    if facts.borrower_kind not in scheme.value("fourth_quarter_borrower_kinds", day).codes:
        return _no("fourth_quarter", "借款人类型不适用", "The borrower's kind is not covered")
    if not first <= facts.due_on <= last:
        return _no("fourth_quarter", f"只管 {first} 至 {last} 到期的", f"Only for loans due from {first} to {last}")
    until = scheme.value("fourth_quarter_until", day)
    return DeferralAnswer(
        "fourth_quarter",
        True,
        until.day,
        scheme.value("fourth_quarter_covers", day).codes,
        scheme.value("fourth_quarter_penalty_interest", day).flag,
        Text(until.reference, until.reference),
    )
