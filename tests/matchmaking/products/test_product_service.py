"""Products: versions, visibility, the hall, moves, import."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import broken_at, entries_about
from kernel.errors import Conflict, NotFound, Refused
from kernel.web.paging import Asked
from matchmaking.products import reading, service
from matchmaking.products.reading import Listing, Sought
from matchmaking.products.terms import ProductTerms
from tests.matchmaking.people import NOW, PRODUCT, bank, firm, offer, organiser, party_code

TODAY = date(2022, 10, 20)


def make_draft(db: Session, by: Caller) -> Listing:
    return database.write(db, lambda db: service.create(db, by, terms=PRODUCT, at=NOW))


def change(db: Session, by: Caller, listing: Listing, terms: ProductTerms, seen: int) -> Listing:
    return database.write(db, lambda db: service.change(db, by, listing.id, terms=terms, seen=seen, at=NOW))


def move(db: Session, by: Caller, listing: Listing, verb: str) -> Listing:
    return database.write(db, lambda db: service.move(db, by, listing.id, verb, at=NOW))


def names(db: Session, sought: Sought) -> list[str]:
    return [one.version.name for one in reading.hall(db, sought, Asked(), day=TODAY).items]


def test_a_draft_is_seen_by_its_own_bank_and_the_organiser_alone(db: Session) -> None:
    mine = bank(db)
    listing = make_draft(db, mine)
    assert reading.product_for(db, mine, listing.id).product.state == "draft"
    assert reading.product_for(db, organiser(db), listing.id).product.code == listing.product.code
    for stranger in (bank(db, "应河城市商业银行"), firm(db)):
        with pytest.raises(NotFound):
            reading.product_for(db, stranger, listing.id)
    assert names(db, Sought()) == []


def test_a_published_product_is_seen_by_everybody_with_the_terms_as_filed(db: Session) -> None:
    listing = offer(db, bank(db))
    shown = reading.product_for(db, firm(db), listing.id)
    assert shown.terms == PRODUCT
    assert shown.version.rate_min == Decimal("3.85")
    assert names(db, Sought()) == ["小微保证贷"]


def test_a_change_adds_a_version_and_keeps_the_old_one(db: Session) -> None:
    mine = bank(db)
    listing = offer(db, mine)
    changed = change(db, mine, listing, replace(PRODUCT, rate_min=Decimal("3.60")), seen=1)
    versions = reading.versions_of(db, mine, changed)
    assert [(one.version.number, one.version.rate_min) for one in versions] == [
        (2, Decimal("3.60")),
        (1, Decimal("3.85")),
    ]


def test_others_see_only_the_versions_that_were_ever_on_offer(db: Session) -> None:
    mine = bank(db)
    listing = make_draft(db, mine)
    change(db, mine, listing, replace(PRODUCT, name="改过的名字"), seen=1)
    published = move(db, mine, listing, "publish")
    assert [one.version.number for one in reading.versions_of(db, firm(db), published)] == [2]
    assert [one.version.number for one in reading.versions_of(db, mine, published)] == [2, 1]


def test_the_second_of_two_changes_to_one_version_is_refused(db: Session) -> None:
    mine = bank(db)
    listing = offer(db, mine)
    change(db, mine, listing, replace(PRODUCT, promised_days=3), seen=1)
    with pytest.raises(Conflict) as refused:
        change(db, mine, listing, replace(PRODUCT, promised_days=7), seen=1)
    assert refused.value.code == "product_changed"
    assert reading.own_product(db, mine, listing.id).version.promised_days == 3


def test_a_withdrawn_product_can_neither_be_changed_nor_published_again(db: Session) -> None:
    mine = bank(db)
    listing = move(db, mine, offer(db, mine), "withdraw")
    with pytest.raises(Conflict):
        move(db, mine, listing, "publish")
    with pytest.raises(Conflict) as refused:
        change(db, mine, listing, PRODUCT, seen=1)
    assert refused.value.code == "product_withdrawn"
    assert names(db, Sought()) == []


def test_another_banks_product_is_the_same_answer_as_none(db: Session) -> None:
    listing = offer(db, bank(db))
    other = bank(db, "应河城市商业银行")
    for attempt in (
        lambda: move(db, other, listing, "withdraw"),
        lambda: change(db, other, listing, PRODUCT, seen=1),
        lambda: reading.own_product(db, other, 999),
    ):
        with pytest.raises(NotFound) as refused:
            attempt()
        assert refused.value.code == "product_not_found"


def test_the_hall_filters_by_amount_term_guarantee_and_bank(db: Session) -> None:
    near, far = bank(db), bank(db, "应河城市商业银行")
    offer(db, near, name="大额", amount_min=1_000_000_000, amount_max=5_000_000_000)
    offer(db, near, name="信用", guarantee_kinds=("credit",), rate_min=Decimal("5"), rate_max=Decimal("6"))
    offer(db, far, name="短期", term_max=6, rate_min=Decimal("3.5"))
    assert names(db, Sought()) == ["短期", "大额", "信用"]
    assert names(db, Sought(amount=300_000_000)) == ["短期", "信用"]
    assert names(db, Sought(term=12)) == ["大额", "信用"]
    assert names(db, Sought(guarantee="credit")) == ["信用"]
    assert names(db, Sought(bank=party_code(db, far))) == ["短期"]


def test_the_hall_shows_what_is_valid_and_has_quota_left(db: Session) -> None:
    mine = bank(db)
    offer(db, mine, name="过期", valid_to=TODAY - timedelta(days=1))
    offer(db, mine, name="还没开始", valid_from=TODAY + timedelta(days=1))
    offer(db, mine, name="只剩一百万", quota=100_000_000)
    assert names(db, Sought()) == ["只剩一百万"]
    assert names(db, Sought(amount=100_000_000)) == ["只剩一百万"]
    assert names(db, Sought(amount=100_000_001)) == []


def test_the_hall_comes_in_pages(db: Session) -> None:
    mine = bank(db)
    for number in range(3):
        offer(db, mine, name=f"第{number}款")
    page = reading.hall(db, Sought(), Asked(page=2, per_page=2), day=TODAY)
    assert (len(page.items), page.total, page.pages) == (1, 3, 2)


def test_every_act_leaves_its_entry_in_the_trail(db: Session) -> None:
    mine = bank(db)
    listing = offer(db, mine)
    change(db, mine, listing, replace(PRODUCT, promised_days=3), seen=1)
    move(db, mine, listing, "withdraw")
    acts = [entry.act for entry in entries_about(db, ("product", listing.id))]
    assert acts == ["product.create", "product.publish", "product.change", "product.withdraw"]
    assert broken_at(db) is None


def test_rows_of_a_market_file_come_in_under_their_own_ids(db: Session) -> None:
    mine = bank(db)
    row = PRODUCT.in_market("SH01", party_code(db, mine))
    database.write(db, lambda db: service.import_rows(db, [row], by=mine.actor, at=NOW))
    assert [one.in_market for one in reading.published(db)] == [row]


def test_rows_of_an_unknown_bank_are_refused_by_name(db: Session) -> None:
    row, by = PRODUCT.in_market("XX01", "91410402MA0000015P"), bank(db)
    with pytest.raises(Refused) as refused:
        database.write(db, lambda db: service.import_rows(db, [row], by=by.actor, at=NOW))
    assert "91410402MA0000015P" in refused.value.text.zh
