"""A long list is read a page at a time, and what is under way is found however many firms are listed."""

from sqlmodel import Session

from kernel.web.paging import Asked
from matchmaking.whitelist.views import list_of, list_page, under_way
from tests.matchmaking.whitelist.offices import LISTED, listed, offices, pool_firm, publicised


def test_the_pages_of_a_list_hold_the_list_and_what_is_under_way_stands_apart(db: Session) -> None:
    people = offices(db)
    for name in ("甲厂", "乙厂", "丙厂"):
        listed(db, people, pool_firm(db, people, name))
    open_one = publicised(db, people, pool_firm(db, people, "丁厂"))
    whole = list_of(db, LISTED)
    pages = [list_page(db, LISTED, Asked(page=number, per_page=2)) for number in (1, 2)]
    assert [len(page.items) for page in pages] == [2, 1]
    assert {page.total for page in pages} == {3}
    assert [one for page in pages for one in page.items] == whole
    assert [row.entry.id for row in under_way(db, people.reviewer, 1)] == [open_one.id]
