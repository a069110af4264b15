"""The rule against a second opinion in plain fractions over random histories: amounts, suspensions and payers, to the fen."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from kernel.policies import PolicyBook, Setting, Source, overlaid
from settlement.event_awards import AwardBeneficiary, AwardEvent, FactValue, GrantedAward, decide
from settlement.fiscal_shares import ShareRule, share_rule_in_force, split, split_mode
from tests.seeds import seeded
from tests.settlement.event_awards import oracle
from tests.settlement.event_awards.examples import grants
from tests.settlement.worked_examples import book

HISTORIES = 10_000
Event = dict[str, Any]
LONG_AGO = date(2021, 7, 1)


def _as_is(*names: str, **renamed: str) -> Callable[[Event], dict[str, FactValue]]:
    """Facts under the oracle's own names, or under others."""
    every = {**{name: name for name in names}, **renamed}
    return lambda event: {ours: event[theirs] for ours, theirs in every.items()}


def _full(event: Event) -> dict[str, FactValue]:
    january, february, march = event["output"]
    return {
        "is_above_scale": event["above"],
        "revenue": event["revenue"],
        "revenue_year_before": event["before"],
        "output_january": january,
        "output_february": february,
        "output_march": march,
        "peak_month_output": event["peak"],
        "same_quarter_output": event["same"],
    }


def _course(event: Event) -> dict[str, FactValue]:
    (first, last), (middle, senior) = event["span"], event["persons"]
    return {
        "course": event["course"],
        "first_day": first,
        "last_day": last,
        "intermediate": middle,
        "senior": senior,
    }


def _equipment(event: Event) -> dict[str, FactValue]:
    first, last = event["span"]
    return {
        "project": event["project"],
        "certificate_from": first,
        "certificate_until": last,
        "investment": event["base"],
    }


def _interest(event: Event) -> dict[str, FactValue]:
    return {"loan": event["batch"], "interest_paid": event["base"]}


def _board(event: Event) -> dict[str, FactValue]:
    return {"board": "star", "node": event["node"]}


KINDS: dict[str, tuple[str, Callable[[Event], dict[str, FactValue]]]] = {
    "full": ("full-load-award", _full),
    "entry": ("first-entry-award", _as_is("revenue", was_in_register="was")),
    "board": ("board-listing-award", _board),
    "neeq": ("neeq-listing-award", _as_is()),
    "zhongyuan": ("zhongyuan-listing-award", _as_is("section")),
    "refinancing": (
        "zhongyuan-refinancing-award",
        _as_is("round", "raised", is_listed_there="listed", invested_here="here"),
    ),
    "course": ("apprentice-subsidy", _course),
    "giant": ("little-giant-award", _as_is("is_first")),
    "specialised": ("specialised-firm-award", _as_is("is_first")),
    "platform": ("service-platform-award", _as_is("platform", "level", "is_first")),
    "prize": ("platform-assessment-award", _as_is("year", "prize")),
    "rent": ("rent-subsidy-support", _as_is("batch", rent_subsidised="base")),
    "equipment": ("equipment-subsidy", _equipment),
    "interest": ("loan-interest-subsidy", _interest),
}


def _with_documents(shipped: PolicyBook) -> PolicyBook:
    """The rates of two pending rows, set by a document; the third stays open."""
    source = Source("随机算例", "decision")
    rates = {"rent-subsidy-support": Decimal("0.3"), "equipment-subsidy": Decimal("0.25")}
    settings = [(Setting(scheme, "rate", rate, date(2022, 5, 24)), source) for scheme, rate in rates.items()]
    return overlaid(shipped, settings)


def _played(
    history: Event, policies: PolicyBook, share_rule: ShareRule
) -> list[tuple[int | None, bool, dict[str, int]]]:
    granted: list[GrantedAward] = []
    found = []
    who = AwardBeneficiary(
        code="A",
        name="A",
        kind="enterprise",
        region=history["region"],
        section=history["section"],
        size_class="individual_business",
        dishonest_since=tuple(history["dishonest"]),
    )
    for one in history["events"]:
        kind, facts = KINDS[one["kind"]]
        event = AwardEvent(kind, who, one["day"], facts(one), one["paper"])
        decision = decide(event, granted, policies, on=one["on"])
        shared: dict[str, int] = {}
        for line in decision.due_lines:
            for share in split(line.amount or 0, history["region"], share_rule, by=split_mode(line.split)):
                shared[share.payer] = shared.get(share.payer, 0) + share.amount
        found.append((decision.amount, not decision.waits, shared))
        if decision.may_be_accepted:
            granted += grants(decision)
    return found


def _expected(history: Event) -> list[tuple[int | None, bool, dict[str, int]]]:
    found = []
    for event, (amount, payable) in zip(history["events"], oracle.play(history), strict=True):
        parts = [amount] if amount else []
        if event["kind"] == "entry" and amount == 8 * oracle.WAN:
            parts = [5 * oracle.WAN, 3 * oracle.WAN]
        found.append((amount, payable, oracle.shares(event, parts, history["region"])))
    return found


def test_ten_thousand_random_histories_agree_with_plain_fractions_to_the_fen() -> None:
    pick = seeded()
    policies = _with_documents(book())
    share_rule = share_rule_in_force(policies, date(2022, 6, 30))
    awarded = 0
    for number in range(HISTORIES):
        history = oracle.random_history(pick)
        expected, found = _expected(history), _played(history, policies, share_rule)
        assert found == expected, (number, history)
        awarded += sum(bool(amount) for amount, _, _ in found)
    assert awarded > HISTORIES
