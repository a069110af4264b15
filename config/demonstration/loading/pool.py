"""The pool of every county as it grew, monthly revenue of some, and the whitelist that came of it, through their own services."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import partial

from flask import Flask
from sqlmodel import Session, col, select

from config.demonstration.loading.hands import at, caller_of, officer_of
from kernel import database
from kernel.clock import business_day
from kernel.money import FEN_PER_WAN, yuan
from kernel.parties.models import Enterprise, Party, PartyStatus
from kernel.policies import PolicyBook
from kernel.regions import REGIONS
from kernel.tables.writing import csv_bytes
from kernel.workdays import WorkCalendar
from matchmaking.pool import filing, service
from matchmaking.pool.quota import pool_rules
from matchmaking.pool.service import ABOVE_SCALE, IN_POOL, Nomination, Reached, entry_of_firm
from matchmaking.whitelist import hearing
from matchmaking.whitelist import service as whitelist
from matchmaking.whitelist.jobs import tend_due
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.rules import whitelist_rules
from matchmaking.whitelist.service import ListingFrame, Said

NOMINATED_ON, ADMITTED_ON = date(2022, 6, 20), date(2022, 6, 24)
NOTICED_ON, LISTED_ON, SECOND_NOTICE_ON = date(2022, 7, 4), date(2022, 7, 12), date(2022, 10, 17)
MOVED_ON, ANNOUNCED_ON, SUSPENDED_ON = date(2022, 10, 18), date(2022, 10, 18), date(2022, 9, 21)
WATCHED = ("410411", "410422", "410425")
LEFT_OUT = 5  # every fifth firm of a county was not recommended in July
PACES = (78, 92, 108, 55, 101)  # percent of last year's revenue at which firms go on
MONTHS = ("2022-04", "2022-05", "2022-06", "2022-07", "2022-08", "2022-09")
POOL_DOCUMENT, LIST_DOCUMENT = "示例工信〔2022〕31号", "示例金〔2022〕12号"
Firm = tuple[Party, Enterprise]
On = Callable[[date], ListingFrame]


def firms_with(db: Session, status: str, regions: Iterable[str] | None = None) -> list[Firm]:
    """Enterprises with a tag, by county and code."""
    query = select(Party, Enterprise).where(col(Enterprise.party_id) == col(Party.id))
    held = select(col(PartyStatus.party_id)).where(PartyStatus.status == status, col(PartyStatus.until).is_(None))
    query = query.where(col(Party.id).in_(held))
    if regions is not None:
        query = query.where(col(Party.fiscal_region).in_(list(regions)))
    return [(row[0], row[1]) for row in db.exec(query.order_by(Party.fiscal_region, Party.code))]


def load_pool(app: Flask, *, present: datetime) -> None:
    """Nominations and admissions, then the figures that the radar reads; two firms moved on, one in each direction."""
    with app.app_context():
        db, book = database.current(), app.extensions["policies"]
        for region in REGIONS:
            database.write(db, lambda db, region=region: _fill(db, region.code, book))  # type: ignore[misc]
        database.write(db, lambda db: _file_revenues(db, business_day(present)))
        database.write(db, _move_on)


def _fill(db: Session, region: str, book: PolicyBook) -> None:
    county, industry = officer_of(db, region), caller_of(db, "gongxin.industry_officer")
    rules = pool_rules(book, NOMINATED_ON)
    for party, firm in firms_with(db, IN_POOL, [region]):
        said = Nomination(code=party.code, revenue=firm.revenue or 0, year=2021, document=POOL_DOCUMENT)
        entry = service.nominate(db, county, said, rules=rules, at=at(NOMINATED_ON), today=NOMINATED_ON)
        number = entry.id or 0
        service.move(db, industry, number, "admit", document=POOL_DOCUMENT, at=at(ADMITTED_ON), today=ADMITTED_ON)


def _file_revenues(db: Session, today: date) -> None:
    firms = [*firms_with(db, IN_POOL, WATCHED), *firms_with(db, ABOVE_SCALE)]
    rows = []
    for place, (party, firm) in enumerate(firms):
        monthly = max(firm.revenue or 0, FEN_PER_WAN * 1500) * PACES[place % len(PACES)] // 1200
        rows += [(party.code, month, yuan(monthly)) for month in MONTHS]
    table = filing.read_revenues("revenues.csv", csv_bytes([one.heading for one in filing.REVENUES], rows))
    industry = caller_of(db, "gongxin.industry_officer")
    filing.file_revenues(db, industry, table, at=at(MOVED_ON), today=today)


def _move_on(db: Session) -> None:
    """The last firm of 郏县 reached scale, the one before it stopped production."""
    industry, firms = caller_of(db, "gongxin.industry_officer"), firms_with(db, IN_POOL, ["410425"])
    reached = Reached(date(2022, 10, 17), 2_150 * FEN_PER_WAN, False)
    for (party, _firm), verb, said in zip(
        firms[-2:],
        ("leave", "reach"),
        ({"reason": "停产，厂房已退租"}, {"reached": reached, "document": "示例统〔2022〕77号"}),
        strict=True,
    ):
        entry = entry_of_firm(db, party.id or 0)
        assert entry is not None
        service.move(db, industry, entry.id or 0, verb, at=at(MOVED_ON), today=MOVED_ON, **said)  # type: ignore[arg-type]


def load_whitelist(app: Flask, *, present: datetime) -> None:
    """Four firms of five; one suspended, one about to be removed, some in public notice; then what the jobs do."""
    with app.app_context():
        db, book, calendar = database.current(), app.extensions["policies"], app.extensions["calendar"]

        def on(day: date) -> ListingFrame:
            return frame_of(book, calendar, day)

        chosen, later = _chosen(db)
        database.write(db, partial(_list_all, chosen=chosen, later=later, on=on))
        database.write(db, lambda db: _troubles(db, chosen, later, on))
        tend_due(db, book=book, calendar=calendar, at=present, today=business_day(present))


def _list_all(db: Session, chosen: list[Party], later: list[Party], on: On) -> None:
    for party in chosen:
        _list(db, party, on)
    for party in later:
        _notice(db, party, on, SECOND_NOTICE_ON)


def frame_of(book: PolicyBook, calendar: WorkCalendar, day: date) -> ListingFrame:
    return ListingFrame(whitelist_rules(book, day), calendar, at(day), day)


def _chosen(db: Session) -> tuple[list[Party], list[Party]]:
    """The firms that were listed in July, and one of each watched county that comes in October."""
    chosen, later = [], []
    for region in REGIONS:
        firms = [party for party, _ in firms_with(db, IN_POOL, [region.code])]
        chosen += [party for place, party in enumerate(firms, start=1) if place % LEFT_OUT]
        later += firms[LEFT_OUT - 1 : LEFT_OUT] if region.code in WATCHED else []
    return chosen, later


def _notice(db: Session, party: Party, on: On, day: date = NOTICED_ON) -> WhitelistEntry:
    organiser, reviewer = caller_of(db, "jinrong.organiser"), caller_of(db, "finance.reviewer")
    said = Said(document=LIST_DOCUMENT)
    entry = whitelist.nominate(db, organiser, party.code, said, frame=on(day))
    whitelist.move(db, organiser, entry.id or 0, "review", frame=on(day))
    return whitelist.move(db, reviewer, entry.id or 0, "publicise", said, frame=on(day))


def _list(db: Session, party: Party, on: On) -> None:
    entry = _notice(db, party, on)
    reviewer = caller_of(db, "finance.reviewer")
    whitelist.move(db, reviewer, entry.id or 0, "activate", Said(document=LIST_DOCUMENT), frame=on(LISTED_ON))


def _troubles(db: Session, chosen: list[Party], later: list[Party], on: On) -> None:
    organiser, reviewer = caller_of(db, "jinrong.organiser"), caller_of(db, "finance.reviewer")
    entries = {party.id: _entry(db, party) for party in (chosen[-1], chosen[-2], later[0])}
    overdue = Said("overdue", "贷款逾期 36 天", "示例金〔2022〕28号")
    whitelist.move(db, reviewer, entries[chosen[-1].id], "suspend", overdue, frame=on(SUSPENDED_ON))
    fallen = Said("classification", "银行下调为关注", "示例金〔2022〕33号")
    whitelist.move(db, organiser, entries[chosen[-2].id], "announce_removal", fallen, frame=on(ANNOUNCED_ON))
    neighbour = caller_of(db, "hengrun.owner")
    text = "这家企业欠我们的加工费，正在仲裁。"
    hearing.object_to(db, neighbour, entries[later[0].id], text, frame=on(date(2022, 10, 19)))


def _entry(db: Session, party: Party) -> int:
    query = select(WhitelistEntry.id).where(WhitelistEntry.enterprise_id == party.id)
    return int(db.exec(query.order_by(col(WhitelistEntry.id).desc())).first() or 0)
