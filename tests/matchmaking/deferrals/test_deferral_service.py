"""Applications to defer: by the rule of the day, within its last day, decided once by the loan's own bank."""

from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlmodel import Session

from kernel import database
from kernel.errors import DomainError, NotFound
from kernel.web.paging import Asked
from matchmaking.deferrals import service
from matchmaking.deferrals.reading import FiledDeferral, deferral_for, deferrals_for, limits_of
from matchmaking.deferrals.service import DeferralAsked
from matchmaking.renewals import maturities
from tests.factories import make_institution, make_person
from tests.matchmaking.pool.town import BOOK
from tests.matchmaking.renewals.borrowers import WAN, Borrower, at, unlisted_borrower
from tests.matchmaking.told import told

ASKED_ON, LATER = date(2022, 10, 20), date(2022, 11, 21)
SHOP: dict[str, Any] = {"size_class": "individual_business", "industry": "F52"}


@pytest.fixture
def shop(db: Session) -> Borrower:
    """An individual business."""
    return unlisted_borrower(db, **SHOP)


def asked(db: Session, one: Borrower, day: date = ASKED_ON, **changes: Any) -> FiledDeferral:
    said: dict[str, Any] = {
        "bank_id": one.bank.id,
        "loan": "HT-001",
        "balance": 20 * WAN,
        "due_on": date(2022, 10, 31),
        "borrower_kind": "individual_business",
        "is_hit": False,
        "with_interest": False,
        "until": date(2022, 12, 31),
        "why": "封控期间没有营业",
    }
    wanted = DeferralAsked(**said | changes)
    return database.write(db, lambda db: service.apply(db, one.owner, wanted, book=BOOK, at=at(day)))


def moved(db: Session, who: Any, filed: FiledDeferral, verb: str, **said: Any) -> FiledDeferral:
    values = {"seen": filed.deferral.version, "until": None, "code": None, "reason": "", **said}
    return database.write(db, lambda db: service.move(db, who, filed.id, verb, values, at=at(ASKED_ON)))


def code_of(work: Any) -> str:
    with pytest.raises(DomainError) as refusal:
        work()
    return refusal.value.code


def test_a_shop_defers_the_principal_by_the_notice_until_the_end_of_2022(db: Session, shop: Borrower) -> None:
    row = asked(db, shop).deferral
    assert (row.rule, row.last_day, row.is_merchant, row.penalty_interest) == (
        "merchants",
        date(2022, 12, 31),
        True,
        None,
    )


def test_a_rule_is_asked_on_the_day_of_the_application(db: Session, shop: Borrower) -> None:
    wider = {"with_interest": True, "until": date(2023, 6, 30)}
    assert code_of(partial(asked, db, shop, **wider)) == "not_deferrable"
    row = asked(db, shop, LATER, **wider).deferral
    assert (row.rule, row.last_day, row.penalty_interest) == ("fourth_quarter", date(2023, 6, 30), False)


@pytest.mark.parametrize(
    ("day", "changes"),
    [
        (ASKED_ON, {"until": date(2023, 1, 1)}),
        (LATER, {"until": date(2023, 7, 1)}),
        (LATER, {"due_on": date(2023, 1, 1), "until": date(2023, 2, 1)}),
        (ASKED_ON, {"due_on": date(2021, 6, 30), "until": date(2022, 12, 1)}),
    ],
)
def test_what_no_rule_allows_is_refused_with_the_word_of_each(
    db: Session, shop: Borrower, day: date, changes: dict[str, date]
) -> None:
    with pytest.raises(DomainError) as refusal:
        asked(db, shop, day, **changes)
    assert refusal.value.code == "not_deferrable"
    assert "小微商贸、个体工商户" in refusal.value.text.zh
    assert "2022 年四季度到期贷款" in refusal.value.text.zh


def test_a_small_firm_that_was_hit_may_ask_for_any_day_and_one_that_was_not_may_not(db: Session) -> None:
    factory = unlisted_borrower(db, industry="C34")
    said = {"borrower_kind": "small", "until": date(2024, 1, 31), "with_interest": True}
    assert code_of(partial(asked, db, factory, **said)) == "not_deferrable"
    row = asked(db, factory, **said, is_hit=True).deferral
    assert (row.rule, row.last_day) == ("disaster", None)


def test_the_bank_defers_no_longer_than_was_asked_and_decides_once(db: Session, shop: Borrower) -> None:
    filed = asked(db, shop)
    assert code_of(partial(asked, db, shop)) == "deferral_open"
    for until in (date(2022, 10, 31), date(2023, 1, 1)):
        assert code_of(partial(moved, db, shop.checker, filed, "grant", until=until)) == "invalid"
    assert code_of(partial(moved, db, shop.maker, filed, "grant", until=date(2022, 12, 1))) == "role_may_not"
    done = moved(db, shop.checker, filed, "grant", until=date(2022, 12, 1)).deferral
    assert (done.state, done.granted_until, done.decided_on) == ("granted", date(2022, 12, 1), ASKED_ON)
    answer = f"{shop.bank.name}同意延期：HT-001 贷款 HT-001 延到 2022-12-01。"
    assert told(db, "deferral.granted") == [(shop.firm.id, answer)]
    late = {"seen": 2, "code": "able", "reason": "x"}
    assert code_of(partial(moved, db, shop.checker, filed, "refuse", **late)) == "move_not_possible"


def test_a_refusal_carries_its_code_and_the_firm_may_ask_again(db: Session, shop: Borrower) -> None:
    filed = asked(db, shop)
    assert code_of(partial(moved, db, shop.checker, filed, "refuse", code="able")) == "invalid"
    done = moved(db, shop.checker, filed, "refuse", code="able", reason="账上资金足够").deferral
    assert (done.state, done.refusal) == ("refused", "able")
    answer = f"{shop.bank.name}不同意延期：HT-001 理由：有能力按期还款。账上资金足够"
    assert told(db, "deferral.refused") == [(shop.firm.id, answer)]
    moved(db, shop.owner, asked(db, shop), "withdraw")
    assert [one.deferral.state for one in deferrals_for(db, shop.owner, Asked()).items] == ["withdrawn", "refused"]


def test_nobody_sees_anothers_application(db: Session, shop: Borrower) -> None:
    filed = asked(db, shop)
    other = make_person(db, make_institution(db, "别家银行"), "checker")
    with pytest.raises(NotFound):
        deferral_for(db, other, filed.id)
    assert code_of(partial(moved, db, other, filed, "grant", until=date(2022, 12, 1))) == "deferral_not_found"
    assert deferrals_for(db, other, Asked()).total == 0


def test_a_firm_reads_the_limits_of_its_loans_by_the_day_they_come_due(db: Session, shop: Borrower) -> None:
    def declare(db: Session) -> None:
        for loan, due_on in (("A", date(2021, 6, 30)), ("B", date(2022, 11, 30)), ("C", date(2023, 1, 5))):
            said = {"bank_id": shop.bank.id, "loan": loan, "balance": WAN, "starts_on": date(2020, 1, 1)}
            maturities.declare(db, shop.owner, **said, due_on=due_on, at=at(ASKED_ON))  # type: ignore[arg-type]

    database.write(db, declare)
    for day, expected in (
        (ASKED_ON, {"A": None, "B": date(2022, 12, 31), "C": None}),
        (LATER, {"A": None, "B": date(2023, 6, 30), "C": None}),
    ):
        found = limits_of(db, shop.owner, Asked(), book=BOOK, today=day).items
        assert {one.loan.loan.loan: one.until for one in found} == expected
