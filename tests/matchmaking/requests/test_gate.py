"""The fit-to-meet gate: each thing that is missing has a code, a weight, both languages, and only shows where it is missing."""

from dataclasses import replace
from datetime import date

import pytest

from matchmaking.requests.gate import GateFacts, Papers, gaps
from matchmaking.themes import THEMES

WHOLE = GateFacts(
    code="91410402MA0000015P",
    state="published",
    consent_until=date(2022, 10, 31),
    existing_loans=0,
    guarantee_kinds=("surety",),
    tags=frozenset({"trade"}),
    has_contact=True,
    is_dishonest=False,
    identity_confirmed=True,
    papers=(),
    today=date(2022, 10, 20),
)


def codes(**changes: object) -> list[tuple[str, str]]:
    return [(gap.code, gap.weight) for gap in gaps(replace(WHOLE, **changes))]


def test_a_whole_request_lacks_nothing() -> None:
    assert codes() == []
    assert codes(session_day=date(2022, 10, 31), theme=THEMES["trade"]) == []


@pytest.mark.parametrize(
    ("changes", "code", "weight"),
    [
        ({"state": "draft", "consent_until": None}, "request_not_published", "must"),
        ({"consent_until": None}, "request_not_published", "must"),
        ({"session_day": date(2022, 11, 1)}, "consent_too_short", "must"),
        ({"theme": THEMES["first_loan"]}, "not_of_this_theme", "must"),
        ({"identity_confirmed": False}, "identity_unconfirmed", "must"),
        ({"existing_loans": None}, "existing_loans_missing", "should"),
        ({"guarantee_kinds": ()}, "guarantee_missing", "should"),
        ({"has_contact": False}, "contact_missing", "should"),
        ({"is_dishonest": True}, "dishonest", "should"),
        ({"code": "91410402MA0000015Q"}, "code_doubtful", "should"),
        ({"papers": (Papers("沙河农商行", "小微保证贷", "营业执照\n报表"),)}, "documents", "should"),
    ],
)
def test_each_gap_shows_alone_in_both_languages(changes: dict[str, object], code: str, weight: str) -> None:
    assert codes(**changes) == [(code, weight)]
    (gap,) = gaps(replace(WHOLE, **changes))
    assert gap.text.zh != gap.text.en


def test_what_keeps_out_comes_first() -> None:
    found = codes(existing_loans=None, theme=THEMES["pool"], has_contact=False)
    assert [weight for _, weight in found] == ["must", "should", "should"]
