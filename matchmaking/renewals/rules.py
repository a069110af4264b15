"""Who may renew, by the rule set of the application day: each condition answered yes, no or unknown, with why (domain §8). Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kernel.bilingual import Text
from kernel.policies import PolicyBook, PolicySilent, Scheme
from kernel.workdays import WorkCalendar

SCHEME = "renewal"
ANSWERS = {"yes": Text("符合", "yes"), "no": Text("不符合", "no"), "unknown": Text("还不知道", "unknown")}
KINDS = {
    "small": Text("小型企业", "small enterprise"),
    "micro": Text("微型企业", "micro enterprise"),
    "medium": Text("中型企业", "medium enterprise"),
    "individual_business": Text("个体工商户", "individual business"),
    "owner": Text("小微企业主", "owner of a small or micro enterprise"),
    "farmer": Text("农户", "farmer"),
    "large": Text("大型企业", "large enterprise"),
}
PURPOSES = {"working_capital": Text("流动资金", "working capital"), "operating": Text("经营", "operating")}
CLASSES = {
    "normal": Text("正常", "normal"),
    "special_mention": Text("关注", "special mention"),
    "substandard": Text("次级", "substandard"),
    "doubtful": Text("可疑", "doubtful"),
    "loss": Text("损失", "loss"),
}
PRINCIPAL_LIMITS = ("outstanding", "no_limit")
TERM_LIMITS = ("old_term", "no_limit")
SAID = ("own_application", "lawful", "sound", "good_credit", "meets_new_loan_terms")


@dataclass(frozen=True)
class RenewalFacts:
    """What is known of an application on its day. `said` holds what was stated of the conditions; one left out is unknown.

    `is_listed` is what the whitelist of the application day says; `classification` None is unknown.
    """

    applied_on: date
    due_on: date
    borrower_kind: str
    purpose: str
    classification: str | None
    is_listed: bool | None
    said: Mapping[str, bool]


@dataclass(frozen=True)
class ConditionAnswer:
    """One condition: its code and name, `yes`, `no` or `unknown`, and why."""

    condition: str
    title: Text
    answer: str
    why: Text


@dataclass(frozen=True)
class RenewalWindow:
    """The first and the last day of applying, and the last day on which the bank may answer at all."""

    opens_on: date
    closes_on: date
    last_answer_on: date

    def is_open_on(self, day: date) -> bool:
        return self.opens_on <= day <= self.closes_on


def window_of(scheme: Scheme, due_on: date, day: date) -> RenewalWindow:
    """The window of a loan by the values of a day: T−60 to T−20, answered by T−5."""
    before = {
        name: timedelta(days=scheme.value(name, day).integer)
        for name in ("window_opens_days", "window_closes_days", "answer_days_before_maturity")
    }
    return RenewalWindow(
        due_on - before["window_opens_days"],
        due_on - before["window_closes_days"],
        due_on - before["answer_days_before_maturity"],
    )


def answer_due_on(scheme: Scheme, calendar: WorkCalendar, due_on: date, applied_on: date) -> date:
    """By when the bank answers: within 10 working days, and by T−5 if that is earlier."""
    within = calendar.plus(applied_on, scheme.value("answer_working_days", applied_on).integer)
    return min(within, window_of(scheme, due_on, applied_on).last_answer_on)


def answers(facts: RenewalFacts, book: PolicyBook) -> list[ConditionAnswer]:
    """Every condition of the rule set in force on the application day, in the order in which they are asked.

    Raises `PolicySilent` for a day before any rule.
    """
    scheme = book.scheme(SCHEME)
    return [
        _listed(facts),
        _kind(facts, scheme),
        _purpose(facts, scheme),
        _window(facts, scheme),
        *_conditions(facts, scheme),
    ]


def is_eligible(found: list[ConditionAnswer]) -> str:
    """`no` when any condition is not met, else `unknown` when any is, else `yes`."""
    said = {one.answer for one in found}
    return "no" if "no" in said else "unknown" if "unknown" in said else "yes"


def _answer(condition: str, title: Text, holds: bool | None, yes: Text, no: Text) -> ConditionAnswer:
    if holds is None:
        return ConditionAnswer(condition, title, "unknown", Text("还没有人说明", "Nobody has said"))
    return ConditionAnswer(condition, title, "yes" if holds else "no", yes if holds else no)


def _listed(facts: RenewalFacts) -> ConditionAnswer:
    day = facts.applied_on
    return _answer(
        "listed",
        Text("申请日在白名单", "On the whitelist on the application day"),
        facts.is_listed,
        Text(f"{day} 在名单上", f"Listed on {day}"),
        Text(f"{day} 不在名单上", f"Not listed on {day}"),
    )


def _kind(facts: RenewalFacts, scheme: Scheme) -> ConditionAnswer:
    value = scheme.value("borrower_kinds", facts.applied_on)
    title, kind = Text("借款人类型", "Kind of borrower"), KINDS[facts.borrower_kind]
    if facts.borrower_kind in value.codes:
        return ConditionAnswer(
            "borrower_kind", title, "yes", Text(f"{kind.zh}，{value.reference}", f"{kind.en}, {value.reference}")
        )
    if facts.borrower_kind == "medium":
        return _medium(facts, scheme, title)
    no = Text(f"{kind.zh}不在适用范围，{value.reference}", f"{kind.en} is not covered, {value.reference}")
    return ConditionAnswer("borrower_kind", title, "no", no)


def _medium(facts: RenewalFacts, scheme: Scheme, title: Text) -> ConditionAnswer:
    """Medium firms are covered for loans due by a day, once there is a rule that says so."""
    try:
        value = scheme.value("medium_firms_due_until", facts.applied_on)
    except PolicySilent:
        no = Text("中型企业当时不适用", "Medium firms were not covered then")
        return ConditionAnswer("borrower_kind", title, "no", no)
    return _answer(
        "borrower_kind",
        title,
        facts.due_on <= value.day,
        Text(f"中型企业，{value.day} 前到期", f"Medium firm, due by {value.day}"),
        Text(f"中型企业只管到 {value.day} 前到期的", f"Medium firms only for loans due by {value.day}"),
    )


def _purpose(facts: RenewalFacts, scheme: Scheme) -> ConditionAnswer:
    value = scheme.value("purposes", facts.applied_on)
    purpose = PURPOSES[facts.purpose]
    return _answer(
        "purpose",
        Text("贷款用途", "Purpose"),
        facts.purpose in value.codes,
        Text(f"{purpose.zh}贷款，{value.reference}", f"{purpose.en}, {value.reference}"),
        Text(f"{purpose.zh}贷款当时不适用，{value.reference}", f"{purpose.en} was not covered then, {value.reference}"),
    )


def _window(facts: RenewalFacts, scheme: Scheme) -> ConditionAnswer:
    window = window_of(scheme, facts.due_on, facts.applied_on)
    said = Text(f"{window.opens_on} 至 {window.closes_on}", f"{window.opens_on} to {window.closes_on}")
    is_open = window.is_open_on(facts.applied_on)
    return _answer("window", Text("在申请期内", "Within the window"), is_open, said, said)


def _conditions(facts: RenewalFacts, scheme: Scheme) -> Iterator[ConditionAnswer]:
    parameter = scheme.parameter("conditions")
    value = scheme.value("conditions", facts.applied_on)
    for code in value.codes:
        title = parameter.choices[code]
        if code == "classification_normal":
            yield _class(facts, title)
        else:
            yes = Text(f"已说明，{value.reference}", f"Stated, {value.reference}")
            no = Text(f"说明为不符合，{value.reference}", f"Stated not to hold, {value.reference}")
            yield _answer(code, title, facts.said.get(code), yes, no)


def _class(facts: RenewalFacts, title: Text) -> ConditionAnswer:
    if facts.classification is None:
        return ConditionAnswer(
            "classification_normal", title, "unknown", Text("还不知道分类", "The class is not known")
        )
    named = CLASSES[facts.classification]
    holds = facts.classification == "normal"
    return _answer("classification_normal", title, holds, named, named)


@dataclass(frozen=True)
class LoanContract:
    """One contract: its number, principal (fen), first and last day, and the day of signing."""

    number: str
    principal: int
    starts_on: date
    due_on: date
    signed_on: date


def contract_faults(old: LoanContract, new: LoanContract, scheme: Scheme) -> list[tuple[str, Text]]:
    """Why a new contract does not renew an old one, as (field, why): signed late, not the same day, more or longer than the old."""
    day = new.signed_on
    rules: list[tuple[bool, str, Text]] = [
        (
            scheme.value("signed_before_maturity", day).flag and new.signed_on >= old.due_on,
            "signed_on",
            Text(f"要在旧贷到期（{old.due_on}）前签", f"To be signed before the old loan matures ({old.due_on})"),
        ),
        (new.starts_on < new.signed_on, "starts_on", Text("不能早于签约日", "Not before the signing")),
        (new.starts_on > old.due_on, "starts_on", Text("不能晚于旧贷到期日", "Not after the old loan's last day")),
        (
            scheme.value("principal_at_most", day).code == "outstanding" and new.principal > old.principal,
            "principal",
            Text("新本金不超过旧贷余额", "The new principal is at most the old balance"),
        ),
        (
            scheme.value("term_at_most", day).code == "old_term"
            and new.due_on - new.starts_on > old.due_on - old.starts_on,
            "due_on",
            Text("新期限不超过旧贷期限", "The new term is at most the old one"),
        ),
        (new.due_on <= new.starts_on, "due_on", Text("要晚于放款日", "To be after the first day")),
    ]
    return [(name, why) for is_wrong, name, why in rules if is_wrong]
