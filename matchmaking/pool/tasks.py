"""What the pool adds to the spine and to today's tasks: firms to admit, a pool that is short, the January report."""

from collections.abc import Iterator
from datetime import date

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.remembering import remembering
from kernel.bilingual import Text
from kernel.web.navigation import NavigationItem, Task
from kernel.web.paging import Asked
from matchmaking.handed_over import policy_book
from matchmaking.pool.quota import report_until
from matchmaking.pool.radar import CountyRadar, radar_shown
from matchmaking.pool.reading import entries
from matchmaking.pool.report import is_issued
from matchmaking.pool.scope import COUNTY, INDUSTRY, POOL_READERS, regions_of
from matchmaking.pool.workflow import NOMINATED
from matchmaking.rooms import POOL

NAVIGATION = [NavigationItem("pool.index", Text("培育", "Pool"), frozenset(POOL_READERS), POOL)]


def tasks(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    """Whom the pool waits for today."""
    if caller.role == INDUSTRY:
        yield from _to_admit(db, caller)
        yield from _to_report(db, today)
    elif caller.role == COUNTY:
        yield from _of_county(db, caller, today)


def _to_admit(db: Session, caller: Caller) -> Iterator[Task]:
    page = entries(db, caller, Asked(per_page=1), state=NOMINATED)
    if page.total:
        entry, party = page.items[0]
        title = Text(f"{page.total} 家企业等入库", f"{page.total} firms wait to be admitted to the pool")
        detail = Text(f"从{party.name}开始", f"Start with {party.name}")
        yield Task(title, url_for("pool.show", entry_id=entry.id), Text("去看", "Look"), detail, count=page.total)


def _to_report(db: Session, today: date) -> Iterator[Task]:
    """“每年1月底前”: from the new year on until the report is issued."""
    year, book = today.year - 1, policy_book()
    if book.scheme("pool").parameter("targets").on(date(year, 12, 31)) is None or is_issued(db, year):
        return
    title = Text(f"通报 {year} 年小升规目标完成情况", f"Report on the above-scale targets of {year}")
    url = url_for("pool.show_report", year=year)
    yield Task(title, url, Text("去看", "Look"), due=report_until(book, year))


def _of_county(db: Session, caller: Caller, today: date) -> Iterator[Task]:
    regions = regions_of(caller)
    for one in radar_shown(db, regions, book=policy_book(), day=today, remembering=remembering()):
        yield from _county_tasks(one)


def _county_tasks(one: CountyRadar) -> Iterator[Task]:
    url = url_for("pool.county", code=one.region.code)
    look = Text("去看", "Look")
    short = (one.shortfall or 0) - one.nominated
    if one.quota and short > 0:
        title = Text(f"培育库还差 {short} 家没有推荐", f"The pool lacks {short} firms to nominate")
        yield Task(title, url, Text("去推荐", "Nominate"), count=short)
    if one.ready:
        title = Text(f"{len(one.ready)} 家已达规上标准，引导申报入统", f"{len(one.ready)} firms reached the standard")
        yield Task(title, f"{url}#watched", look, count=len(one.ready))
    if one.warned:
        title = Text(f"{len(one.warned)} 家规上企业有退规苗头", f"{len(one.warned)} above-scale firms point below it")
        yield Task(title, f"{url}#watched", look, count=len(one.warned))
