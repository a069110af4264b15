"""Nominating, admitting and leaving; the bar and its lowering; statuses; and two at once."""

from datetime import UTC, date, datetime
from functools import partial

import pytest
from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Refused
from kernel.parties.service import StatusSpan, spans_of
from matchmaking.pool import bars, filing, reading, service
from matchmaking.pool.jobs import review_pool_due
from matchmaking.pool.radar import radar_of
from matchmaking.pool.scope import entry_for, regions_of
from matchmaking.pool.service import Reached
from tests.at_once import at_once
from tests.matchmaking.pool.town import (
    BOOK,
    HERE,
    NOW,
    TODAY,
    WAN,
    CountyTown,
    admitted,
    county_town,
    factory,
    filed,
    moved,
    nominated,
    rules,
    said_of,
)


@pytest.fixture
def town(db: Session) -> CountyTown:
    return county_town(db)


def codes_of(error: Invalid) -> set[str]:
    return {one.code for one in error.errors}


def test_a_county_nominates_and_the_industry_bureau_admits(db: Session, town: CountyTown) -> None:
    party = factory(db)
    entry = nominated(db, town.here, party, 1000)
    assert (entry.state, entry.bar, entry.region) == ("nominated", 1000 * WAN, HERE)
    entry = moved(db, town.industry, entry, "admit", document="平工信〔2022〕31号")
    assert (entry.state, entry.since, entry.until) == ("admitted", TODAY, None)
    steps = reading.steps_of(db, town.here, entry.id or 0)
    assert [(step.number, step.verb, step.state, name) for step, name in steps] == [
        (1, "nominate", "nominated", "何川"),
        (2, "admit", "admitted", "韩工"),
    ]
    assert spans_of(db, party.id or 0, "pool") == [StatusSpan("pool", TODAY, None, "平工信〔2022〕31号")]


def test_a_fen_below_the_bar_is_refused(db: Session, town: CountyTown) -> None:
    said = service.Nomination(code=factory(db).code, revenue=1000 * WAN - 1, year=2021)
    with pytest.raises(Invalid) as refused:
        database.write(db, lambda db: service.nominate(db, town.here, said, rules=rules(), at=NOW, today=TODAY))
    assert codes_of(refused.value) == {"below_bar"}


def test_a_shop_a_running_year_and_an_above_scale_firm_are_refused(db: Session, town: CountyTown) -> None:
    shop = factory(db, "老街百货", industry="F52")
    with pytest.raises(Invalid) as refused:
        nominated(db, town.here, shop)
    assert codes_of(refused.value) == {"not_industrial"}
    said = said_of(factory(db), year=2022)
    with pytest.raises(Invalid) as early:
        database.write(db, lambda db: service.nominate(db, town.here, said, rules=rules(), at=NOW, today=TODAY))
    assert codes_of(early.value) == {"year_not_over"}
    large = factory(db, "大河重工")
    reached = Reached(date(2022, 3, 1), 2500 * WAN, False)
    database.write(
        db,
        lambda db: service.record_entry(db, town.industry, large.code, reached, document="x", at=NOW, today=TODAY),
    )
    with pytest.raises(Invalid) as above:
        nominated(db, town.here, large)
    assert codes_of(above.value) == {"above_scale_already"}


def test_another_countys_firm_is_the_same_answer_as_no_firm(db: Session, town: CountyTown) -> None:
    theirs = factory(db, "叶城建材有限公司", region="410422")
    absent = service.Nomination(code="91410400MA9GB77G0X", revenue=1200 * WAN, year=2021)
    answers = []
    for said in (said_of(theirs), absent):
        with pytest.raises(NotFound) as refused:
            database.write(
                db,
                lambda db, said=said: service.nominate(db, town.here, said, rules=rules(), at=NOW, today=TODAY),  # type: ignore[misc]
            )
        answers.append((refused.value.code, refused.value.text))
    assert answers[0] == answers[1]


def test_a_firm_not_registered_yet_enters_with_its_nomination(db: Session, town: CountyTown) -> None:
    said = service.Nomination(
        code="91410421MA9GB77G6X",
        revenue=1200 * WAN,
        year=2021,
        name="新开铸造有限公司",
        industry="C33",
        size_class="small",
    )
    entry = database.write(db, lambda db: service.nominate(db, town.here, said, rules=rules(), at=NOW, today=TODAY))
    _entry, party = entry_for(db, town.here, entry.id or 0)
    assert (party.name, party.fiscal_region, party.kind) == ("新开铸造有限公司", HERE, "enterprise")


def test_nobody_else_nominates_or_admits(db: Session, town: CountyTown) -> None:
    with pytest.raises(Forbidden):
        nominated(db, town.industry, factory(db))
    entry = nominated(db, town.here, factory(db, "二号厂"))
    with pytest.raises(Forbidden):
        moved(db, town.here, entry, "admit")
    with pytest.raises(NotFound):
        moved(db, town.there, entry, "withdraw", reason="x")


def test_a_firm_is_not_nominated_twice_while_it_is_under_way(db: Session, town: CountyTown) -> None:
    party = factory(db)
    first = nominated(db, town.here, party)
    with pytest.raises(Conflict):
        nominated(db, town.here, party)
    moved(db, town.industry, first, "reject", reason="停产")
    assert nominated(db, town.here, party).state == "nominated"


def test_a_refusal_and_a_removal_need_their_reason(db: Session, town: CountyTown) -> None:
    entry = nominated(db, town.here, factory(db))
    with pytest.raises(Invalid):
        moved(db, town.industry, entry, "reject")
    assert entry_for(db, town.industry, entry.id or 0)[0].state == "nominated"


def test_a_move_that_does_not_apply_changes_nothing(db: Session, town: CountyTown) -> None:
    entry = admitted(db, town, factory(db))
    with pytest.raises(Conflict):
        moved(db, town.industry, entry, "admit")
    assert len(reading.steps_of(db, town.industry, entry.id or 0)) == 2


def test_a_firm_that_reached_scale_leaves_the_pool_and_is_above_scale(db: Session, town: CountyTown) -> None:
    party = factory(db)
    entry = admitted(db, town, party, at=datetime(2022, 6, 20, 1, 0, tzinfo=UTC))
    reached = Reached(date(2022, 10, 8), 5100 * WAN, False)
    entry = moved(db, town.industry, entry, "reach", reached=reached, document="统入〔2022〕7号")
    assert (entry.state, entry.until) == ("reached_scale", TODAY)
    assert spans_of(db, party.id or 0) == [
        StatusSpan("pool", date(2022, 6, 20), TODAY, "平工信〔2022〕31号"),
        StatusSpan("reached_scale", date(2022, 10, 8), None, "统入〔2022〕7号"),
    ]
    scale = reading.scale_entry_of(db, entry)
    assert scale is not None
    assert (scale.revenue, scale.was_in_register) == (5100 * WAN, False)


def test_a_fall_ends_the_status_and_lets_the_county_nominate_again(db: Session, town: CountyTown) -> None:
    party = factory(db)
    entry = admitted(db, town, party, at=datetime(2022, 6, 20, 1, 0, tzinfo=UTC))
    reached = Reached(date(2022, 7, 1), 2100 * WAN, False)
    moved(db, town.industry, entry, "reach", reached=reached)
    fell = {"fell_on": date(2022, 10, 1), "document": "统退〔2022〕2号", "at": NOW, "today": TODAY}
    database.write(db, lambda db: service.record_fall(db, town.industry, party.code, **fell))  # type: ignore[arg-type]
    assert spans_of(db, party.id or 0, "reached_scale")[0].until == date(2022, 10, 1)
    assert nominated(db, town.here, party).state == "nominated"
    with pytest.raises(Refused):
        database.write(db, lambda db: service.record_fall(db, town.industry, party.code, **fell))  # type: ignore[arg-type]


def test_the_pool_of_a_day_is_what_stood_at_its_end(db: Session, town: CountyTown) -> None:
    party = factory(db)
    entry = admitted(db, town, party, at=datetime(2022, 8, 1, 1, 0, tzinfo=UTC))
    moved(db, town.industry, entry, "leave", reason="停产", at=datetime(2022, 9, 10, 1, 0, tzinfo=UTC))
    days = [date(2022, 7, 31), date(2022, 8, 1), date(2022, 9, 9), date(2022, 9, 10)]
    assert [bool(reading.in_pool_on(db, day)) for day in days] == [False, True, True, False]


@pytest.mark.both_databases
def test_of_two_admissions_of_one_firm_at_once_one_takes_effect(app: Flask, db: Session, town: CountyTown) -> None:
    for round_number in range(8):
        entry = nominated(db, town.here, factory(db, f"第{round_number}厂"))

        def admit(db: Session, number: int) -> object:
            return service.move(db, town.industry, number, "admit", at=NOW, today=TODAY)

        answers = at_once(app, [partial(admit, number=entry.id or 0)] * 2)
        assert sorted(answers) == ["done", "move_not_possible"]
        db.expire_all()
        assert entry_for(db, town.industry, entry.id or 0)[0].version == 2
        assert len(reading.steps_of(db, town.industry, entry.id or 0)) == 2


@pytest.mark.both_databases
def test_of_two_nominations_of_one_firm_at_once_one_takes_effect(app: Flask, db: Session, town: CountyTown) -> None:
    party = factory(db)

    def nominate(db: Session) -> object:
        return service.nominate(db, town.here, said_of(party), rules=rules(), at=NOW, today=TODAY)

    assert sorted(at_once(app, [nominate] * 3)) == ["done", "in_pool_already", "in_pool_already"]


def lowered(db: Session, town: CountyTown, bar: int) -> None:
    database.write(
        db, lambda db: bars.lower_bar(db, town.here, bar=bar, reason="规模小", rules=rules(), at=NOW, today=TODAY)
    )


def test_a_county_short_of_its_number_lowers_the_bar_with_a_reason(db: Session, town: CountyTown) -> None:
    lowered(db, town, 800 * WAN)
    assert nominated(db, town.here, factory(db), 800).bar == 800 * WAN
    theirs = factory(db, "叶城建材有限公司", region="410422")
    with pytest.raises(Invalid):
        nominated(db, town.there, theirs, 800)
    with pytest.raises(Conflict):
        lowered(db, town, 700 * WAN)


def test_a_county_with_its_number_may_not_lower_the_bar(db: Session, town: CountyTown) -> None:
    for number in range(21):
        nominated(db, town.here, factory(db, f"第{number}厂"))
    with pytest.raises(Refused) as refused:
        lowered(db, town, 800 * WAN)
    assert refused.value.code == "pool_is_full"


def test_a_bar_is_not_raised_by_lowering_it(db: Session, town: CountyTown) -> None:
    with pytest.raises(Refused) as refused:
        lowered(db, town, 1000 * WAN)
    assert refused.value.code == "bar_not_lower"


def nominations_file(*rows: str) -> bytes:
    return "\n".join(["统一社会信用代码,上年营业收入(元),年度,文号", *rows]).encode()


def test_a_file_nominates_every_firm_of_it(db: Session, town: CountyTown) -> None:
    firms = [factory(db, f"第{number}厂") for number in range(5)]
    rows = [f"{party.code},12000000.00,2021,宝工信〔2022〕8号" for party in firms]
    table = filing.read_nominations("推荐.csv", nominations_file(*rows))
    made = database.write(db, lambda db: filing.nominate_rows(db, town.here, table, rules=rules(), at=NOW, today=TODAY))
    assert [entry.enterprise_id for entry in made] == [party.id for party in firms]


def test_a_file_with_bad_rows_nominates_nobody_and_names_every_one(db: Session, town: CountyTown) -> None:
    good, shop = factory(db), factory(db, "老街百货", industry="F52")
    theirs = factory(db, "叶城建材有限公司", region="410422")
    rows = [f"{good.code},12000000,2021,", f"{shop.code},9000000,2021,", f"{theirs.code},12000000,2021,"]
    table = filing.read_nominations("推荐.csv", nominations_file(*rows))
    with pytest.raises(DomainError) as refused:
        database.write(db, lambda db: filing.nominate_rows(db, town.here, table, rules=rules(), at=NOW, today=TODAY))
    faults = [(f.row, f.rule) for f in refused.value.faults if f.severity == "error"]  # type: ignore[attr-defined]
    assert faults == [(3, "not_industrial"), (3, "below_bar"), (4, "enterprise_not_found")]
    assert reading.in_pool_on(db, TODAY) == {}
    assert nominated(db, town.here, good).state == "nominated"


def test_a_county_sees_its_own_firms_only(db: Session, town: CountyTown) -> None:
    mine, theirs = (
        nominated(db, town.here, factory(db)),
        nominated(db, town.there, factory(db, "叶城建材有限公司", region="410422")),
    )
    assert entry_for(db, town.here, mine.id or 0)[0].id == mine.id
    with pytest.raises(NotFound):
        entry_for(db, town.here, theirs.id or 0)
    assert {one.code for one in regions_of(town.here)} == {HERE}
    assert len(regions_of(town.industry)) == 12


def test_monthly_revenue_is_corrected_by_the_next_number_and_the_newest_counts(db: Session, town: CountyTown) -> None:
    party = factory(db)
    admitted(db, town, party)
    rows = [f"{party.code},2022-{month:02},1700000.00" for month in (7, 8, 9)]
    assert filed(db, town.here, *rows) == 3
    assert filed(db, town.industry, *rows[:2], f"{party.code},2022年9月,900000") == 1
    (seen,) = radar_of(db, regions_of(town.here), rules=rules(), day=TODAY)
    (firm,) = seen.near
    assert (firm.outlook.kind, firm.outlook.revenue) == ("near", 430 * WAN)


def test_a_running_month_and_another_countys_firm_refuse_the_file(db: Session, town: CountyTown) -> None:
    party, theirs = factory(db), factory(db, "叶城建材有限公司", region="410422")
    with pytest.raises(DomainError) as refused:
        filed(db, town.here, f"{party.code},2022-10,1", f"{theirs.code},2022-09,1")
    faults = [(f.row, f.rule) for f in refused.value.faults]  # type: ignore[attr-defined]
    assert faults == [(2, "month_not_over"), (3, "enterprise_not_found")]


def test_the_radar_tells_shortfall_ready_near_and_warned_firms(db: Session, town: CountyTown) -> None:
    ready, near, falling = factory(db, "甲厂"), factory(db, "乙厂"), factory(db, "丙厂")
    admitted(db, town, ready)
    admitted(db, town, near)
    reached = Reached(date(2021, 3, 1), 2500 * WAN, True)
    database.write(
        db,
        lambda db: service.record_entry(db, town.industry, falling.code, reached, document="x", at=NOW, today=TODAY),
    )
    for party, yuan in ((ready, 1_800_000), (near, 1_400_000), (falling, 900_000)):
        filed(db, town.here, *(f"{party.code},2022-{month:02},{yuan}" for month in range(1, 10)))
    (seen,) = radar_of(db, regions_of(town.here), rules=rules(), day=TODAY)
    assert seen.quota is not None
    assert (seen.quota.target, seen.quota.minimum, seen.shortfall) == (17, 21, 19)
    assert [one.name for one in seen.ready] == ["甲厂"]
    assert [one.name for one in seen.near] == ["乙厂"]
    assert [one.name for one in seen.warned] == ["丙厂"]
    assert seen.reached == 0


def test_every_county_is_reviewed_once_a_quarter(db: Session, town: CountyTown) -> None:
    admitted(db, town, factory(db))
    assert review_pool_due(db, book=BOOK, at=NOW, today=TODAY) == {"reviewed": 12}
    assert review_pool_due(db, book=BOOK, at=NOW, today=date(2022, 12, 31)) == {"reviewed": 0}
    assert review_pool_due(db, book=BOOK, at=NOW, today=date(2023, 1, 1)) == {"reviewed": 12}
