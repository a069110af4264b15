"""From nomination to removal: the days, two persons, objections, statements, appeals, publication, reviews, races."""

from datetime import date, timedelta

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refused
from kernel.web.paging import Asked
from matchmaking.pool.service import Reached
from matchmaking.whitelist import hearing, publication
from matchmaking.whitelist.jobs import tend_due
from matchmaking.whitelist.models import WhitelistEntry, WhitelistFinding, WhitelistStep
from matchmaking.whitelist.reading import listed_on
from matchmaking.whitelist.scope import listing_for
from matchmaking.whitelist.service import Said
from matchmaking.whitelist.standing import candidates
from tests.factories import make_person
from tests.matchmaking.pool import town as pool_town
from tests.matchmaking.pool.town import BOOK, WAN
from tests.matchmaking.told import told
from tests.matchmaking.whitelist.offices import (
    CALENDAR,
    LISTED,
    MONDAY,
    Offices,
    listed,
    moved,
    offices,
    on,
    pool_firm,
    publicised,
    recommended,
)

OVERDUE = Said(ground="overdue", reason="逾期 41 天", document="平金〔2022〕30号")
DAY = timedelta(days=1)


@pytest.fixture
def people(db: Session) -> Offices:
    return offices(db)


def tended(db: Session, day: date) -> dict[str, int]:
    return tend_due(db, book=BOOK, calendar=CALENDAR, at=on(day).at, today=day)


def test_a_pool_firm_is_recommended_reviewed_publicised_and_listed(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry = publicised(db, people, party)
    assert (entry.state, entry.notice_from, entry.notice_until) == ("publicised", MONDAY, date(2022, 8, 29))
    with pytest.raises(Conflict) as early:
        moved(db, people.reviewer, entry, "activate", date(2022, 8, 29))
    assert early.value.code == "not_yet"
    moved(db, people.reviewer, entry, "activate", LISTED)
    assert listed_on(db, party.id or 0, LISTED - DAY) is None
    found = listed_on(db, party.id or 0, LISTED)
    assert found is not None
    assert (found.entry_id, found.since, found.until) == (entry.id, LISTED, None)
    steps = db.execute(select(WhitelistStep.verb).order_by(WhitelistStep.number)).scalars().all()  # type: ignore[arg-type]
    assert steps == ["nominate", "review", "publicise", "activate"]


def test_the_scheduler_lists_a_firm_when_its_notice_is_over(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    publicised(db, people, party)
    assert tended(db, date(2022, 8, 29))["listed"] == 0
    assert tended(db, LISTED) == {"listed": 1, "found": 0, "published": 1}
    assert tended(db, LISTED) == {"listed": 0, "found": 0, "published": 0}
    assert listed_on(db, party.id or 0, LISTED) is not None


def test_a_firm_outside_the_pool_is_not_recommended(db: Session, people: Offices) -> None:
    party = pool_town.factory(db)
    with pytest.raises(Refused) as refused:
        recommended(db, people, party)
    assert refused.value.code == "not_for_the_list"
    assert candidates(db, MONDAY, Asked()).items == []


def test_who_proposed_does_not_decide(db: Session, people: Offices) -> None:
    entry = recommended(db, people, pool_firm(db, people))
    moved(db, people.organiser, entry, "review")
    with pytest.raises(Conflict) as refused:
        moved(db, people.organiser, entry, "publicise")
    assert refused.value.code == "two_persons"
    assert listing_for(db, people.organiser, entry.id or 0)[0].state == "under_review"


def test_an_industry_officer_and_a_county_do_not_move_a_listing(db: Session, people: Offices) -> None:
    entry = recommended(db, people, pool_firm(db, people))
    for stranger in (people.town.industry, people.town.here):
        with pytest.raises(Forbidden):
            moved(db, stranger, entry, "review")


def test_a_county_and_a_firm_see_their_own_only(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry = recommended(db, people, party)
    other = pool_firm(db, people, "叶城建材有限公司", region="410422")
    owner, rival = (make_person(db, one, "owner", name="周恒") for one in (party, other))
    assert listing_for(db, people.town.here, entry.id or 0)[0].id == entry.id
    assert listing_for(db, owner, entry.id or 0)[0].id == entry.id
    for stranger in (people.town.there, rival):
        with pytest.raises(NotFound):
            listing_for(db, stranger, entry.id or 0)


def objected(db: Session, people: Offices, entry: WhitelistEntry, day: date = MONDAY) -> int:
    made = database.write(db, lambda db: hearing.object_to(db, people.town.there, entry.id or 0, "欠薪", frame=on(day)))
    return made.id or 0


def answered(db: Session, people: Offices, submission_id: int, *, upheld: bool, day: date = MONDAY) -> None:
    database.write(
        db,
        lambda db: hearing.answer(db, people.reviewer, submission_id, upheld=upheld, words="已核实", frame=on(day)),
    )


def test_an_objection_keeps_a_firm_off_until_it_is_dismissed(db: Session, people: Offices) -> None:
    entry = publicised(db, people, pool_firm(db, people))
    submission = objected(db, people, entry)
    assert tended(db, LISTED)["listed"] == 0
    with pytest.raises(Conflict) as waiting:
        moved(db, people.reviewer, entry, "activate", LISTED)
    assert waiting.value.code == "to_be_answered"
    answered(db, people, submission, upheld=False, day=LISTED)
    assert tended(db, LISTED)["listed"] == 1


def test_a_firm_does_not_read_who_objected_to_it(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry, owner = publicised(db, people, party), make_person(db, party, "owner", name="周恒")
    objected(db, people, entry)
    assert [one.text for one in hearing.submissions_of(db, people.reviewer, entry.id or 0)] == ["欠薪"]
    assert hearing.submissions_of(db, owner, entry.id or 0) == []


def test_an_upheld_objection_declines_the_firm(db: Session, people: Offices) -> None:
    entry = publicised(db, people, pool_firm(db, people))
    answered(db, people, objected(db, people, entry), upheld=True)
    assert listing_for(db, people.organiser, entry.id or 0)[0].state == "declined"


def test_an_objection_after_the_notice_or_a_second_one_of_the_same_office_is_refused(
    db: Session, people: Offices
) -> None:
    entry = publicised(db, people, pool_firm(db, people))
    objected(db, people, entry, date(2022, 8, 29))
    with pytest.raises(Conflict):
        objected(db, people, entry, date(2022, 8, 29))
    with pytest.raises(Conflict):
        objected(db, people, entry, LISTED)
    assert listing_for(db, people.organiser, entry.id or 0)[0].open_objections == 1


def test_an_answer_is_given_once(db: Session, people: Offices) -> None:
    entry = publicised(db, people, pool_firm(db, people))
    submission = objected(db, people, entry)
    answered(db, people, submission, upheld=False)
    with pytest.raises(Conflict):
        answered(db, people, submission, upheld=True)


def test_a_suspension_ends_the_days_and_a_resumption_begins_new_ones(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry, firm = listed(db, people, party), party.id or 0
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 10), OVERDUE)
    [(told_to, text)] = told(db, "whitelist.suspended")
    assert told_to == firm
    assert "从 2022-09-10 起暂停。原因：逾期 41 天。" in text
    moved(db, people.reviewer, entry, "resume", date(2022, 9, 20), Said(reason="已还清"))
    assert [one for one, _ in told(db, "whitelist.listed")] == [firm, firm]
    days = [LISTED, date(2022, 9, 9), date(2022, 9, 10), date(2022, 9, 19), date(2022, 9, 20), date(2023, 1, 1)]
    assert [listed_on(db, firm, day) is not None for day in days] == [True, True, False, False, True, True]


def test_a_firm_suspended_on_the_day_it_was_listed_was_never_listed(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry = listed(db, people, party)
    moved(db, people.reviewer, entry, "suspend", LISTED, OVERDUE)
    assert listed_on(db, party.id or 0, LISTED) is None
    moved(db, people.reviewer, entry, "resume", LISTED, Said(reason="误判"))
    assert listed_on(db, party.id or 0, LISTED) is not None


def test_a_suspension_needs_a_ground_of_the_policy_and_a_reason(db: Session, people: Offices) -> None:
    entry = listed(db, people, pool_firm(db, people))
    for said in (Said(reason="x"), Said(ground="overdue"), Said(ground="closed", reason="x")):
        with pytest.raises(Invalid):
            moved(db, people.reviewer, entry, "suspend", LISTED, said)


def test_a_removal_is_announced_heard_and_decided_by_another(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    owner = make_person(db, party, "owner", name="周恒")
    entry = listed(db, people, party)
    with pytest.raises(Conflict):
        moved(db, people.reviewer, entry, "remove", date(2022, 9, 1))
    entry = moved(db, people.organiser, entry, "announce_removal", date(2022, 9, 1), OVERDUE)
    assert (entry.state, entry.removal_ground, entry.heard_until) == ("active", "overdue", date(2022, 9, 8))
    words = database.write(
        db, lambda db: hearing.state_before_removal(db, owner, entry.id or 0, "已还清", frame=on(date(2022, 9, 5)))
    )
    assert listed_on(db, party.id or 0, date(2022, 9, 5)) is not None
    with pytest.raises(Conflict) as waiting:
        moved(db, people.reviewer, entry, "remove", date(2022, 9, 9))
    assert waiting.value.code == "to_be_answered"
    answered(db, people, words.id or 0, upheld=False, day=date(2022, 9, 9))
    with pytest.raises(Conflict) as one_hand:
        moved(db, people.organiser, entry, "remove", date(2022, 9, 9))
    assert one_hand.value.code == "two_persons"
    entry = moved(db, people.reviewer, entry, "remove", date(2022, 9, 9))
    assert (entry.state, entry.removal_ground) == ("removed", None)
    assert listed_on(db, party.id or 0, date(2022, 9, 8)) is not None
    assert listed_on(db, party.id or 0, date(2022, 9, 9)) is None
    last = db.execute(select(WhitelistStep).where(WhitelistStep.verb == "remove")).scalars().one()
    assert last.ground == "overdue"
    firm = party.id or 0
    assert told(db, "whitelist.listed")[0][1].startswith("你从 2022-08-30 起在白名单上")
    notice = "拟把你移出白名单：逾期 原因：逾期 41 天。2022-09-08 以前你可以陈述申辩；陈述没有答复以前不会移出。"
    assert told(db, "whitelist.removal_announced") == [(firm, notice)]
    [(party_id, text)] = told(db, "whitelist.removed")
    assert party_id == firm
    assert text.startswith("你被移出白名单：逾期 从 2022-09-09 起不在名单上")
    assert text.endswith("可以在 10 个工作日内申诉。")


def test_an_upheld_statement_calls_the_removal_off(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    owner = make_person(db, party, "owner", name="周恒")
    entry = listed(db, people, party)
    moved(db, people.organiser, entry, "announce_removal", date(2022, 9, 1), OVERDUE)
    words = database.write(
        db, lambda db: hearing.state_before_removal(db, owner, entry.id or 0, "已还清", frame=on(date(2022, 9, 5)))
    )
    answered(db, people, words.id or 0, upheld=True, day=date(2022, 9, 6))
    kept = listing_for(db, owner, entry.id or 0)[0]
    assert (kept.state, kept.removal_ground, kept.open_objections) == ("active", None, 0)
    assert [one for one, _ in told(db, "whitelist.removal_called_off")] == [party.id]


def appealed(db: Session, people: Offices, party_owner: object, entry: WhitelistEntry, day: date) -> int:
    made = database.write(db, lambda db: hearing.appeal(db, party_owner, entry.id or 0, "误判", frame=on(day)))  # type: ignore[arg-type]
    return made.id or 0


def test_an_appeal_is_answered_by_another_and_reinstates_from_that_day_on(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    owner = make_person(db, party, "owner", name="周恒")
    entry = listed(db, people, party)
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 14), OVERDUE)
    submission = appealed(db, people, owner, entry, date(2022, 9, 20))
    with pytest.raises(Conflict) as same:
        answered(db, people, submission, upheld=True, day=date(2022, 9, 21))
    assert same.value.code == "two_persons"
    database.write(
        db,
        lambda db: hearing.answer(
            db, people.organiser, submission, upheld=True, words="误判", frame=on(date(2022, 9, 21))
        ),
    )
    days = [date(2022, 9, 13), date(2022, 9, 14), date(2022, 9, 20), date(2022, 9, 21)]
    assert [listed_on(db, party.id or 0, day) is not None for day in days] == [True, False, False, True]


def test_an_appeal_after_ten_working_days_or_by_another_firm_is_refused(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    owner = make_person(db, party, "owner", name="周恒")
    rival = make_person(db, pool_town.factory(db, "他厂"), "owner", name="周恒")
    entry = listed(db, people, party)
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 14), OVERDUE)
    with pytest.raises(Conflict):
        appealed(db, people, owner, entry, CALENDAR.plus(date(2022, 9, 14), 11))
    with pytest.raises(NotFound):
        appealed(db, people, rival, entry, date(2022, 9, 15))
    assert appealed(db, people, owner, entry, CALENDAR.plus(date(2022, 9, 14), 10))


def test_a_review_finds_a_firm_that_left_the_pool_once_a_quarter(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    entry = listed(db, people, party)
    stay = pool_town.service.entry_of_firm(db, party.id or 0)
    assert stay is not None
    pool_town.moved(db, people.town.industry, stay, "leave", reason="停产", at=on(date(2022, 9, 1)).at)
    assert tended(db, date(2022, 9, 1))["found"] == 1
    assert tended(db, date(2022, 9, 2))["found"] == 0
    assert tended(db, date(2022, 10, 8))["found"] == 1
    found = db.execute(select(WhitelistFinding.ground, WhitelistFinding.period)).all()
    assert sorted(tuple(row) for row in found) == [("left_pool", "2022-07"), ("left_pool", "2022-10")]
    assert listing_for(db, people.organiser, entry.id or 0)[0].state == "active"


def test_a_firm_that_reached_scale_may_be_recommended(db: Session, people: Offices) -> None:
    party = pool_firm(db, people)
    stay = pool_town.service.entry_of_firm(db, party.id or 0)
    assert stay is not None
    reached = Reached(date(2022, 8, 15), 2100 * WAN, False)
    pool_town.moved(db, people.town.industry, stay, "reach", reached=reached, at=on(date(2022, 8, 16)).at)
    assert recommended(db, people, party).state == "nominated"


def test_banks_read_what_came_and_went_since_the_last_publication(db: Session, people: Offices) -> None:
    first = pool_firm(db, people, "甲厂")
    second = pool_firm(db, people, "乙厂")
    listed(db, people, first)
    publicised(db, people, second, date(2022, 8, 31))
    assert tended(db, LISTED)["published"] == 1
    entry = db.execute(select(WhitelistEntry).where(WhitelistEntry.enterprise_id == first.id)).scalars().one()
    moved(db, people.reviewer, entry, "suspend", date(2022, 9, 8), OVERDUE)
    assert tended(db, date(2022, 9, 8))["published"] == 2
    change = publication.change_since(db, 1)
    assert change is not None
    assert [one.party.name for one in change.came] == ["乙厂"]
    assert [one.party.name for one in change.went] == ["甲厂"]
    whole = publication.change_since(db, None)
    assert whole is not None
    assert [one.party.name for one in whole.came] == ["乙厂"]


def test_of_many_that_came_the_first_are_shown_and_all_counted(db: Session, people: Offices) -> None:
    for name in ("甲厂", "乙厂", "丙厂"):
        listed(db, people, pool_firm(db, people, name))
    assert tended(db, LISTED)["published"] == 1
    for most, names in ((2, ["丙厂", "乙厂"]), (3, ["丙厂", "乙厂", "甲厂"]), (None, ["丙厂", "乙厂", "甲厂"])):
        change = publication.change_since(db, None, most)
        assert change is not None
        assert ([one.party.name for one in change.came], change.came_count, change.went_count) == (names, 3, 0)
