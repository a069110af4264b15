"""The pool as JSON: radar, nominations, moves, monthly revenue, the January report."""

from dataclasses import dataclass
from functools import partial
from typing import Any

from flask_smorest.fields import Upload

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.fields import Schema
from kernel.parties.models import Party
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import Page, asked_from
from matchmaking.handed_over import policy_book, scale_award_drafter
from matchmaking.pool import bars, filing, reading, service
from matchmaking.pool import report as reports
from matchmaking.pool.models import PoolBar, PoolEntry, PoolReview, PoolStep
from matchmaking.pool.quota import PoolRules, pool_rules
from matchmaking.pool.radar import CountyRadar, radar_for
from matchmaking.pool.review import reviews_for
from matchmaking.pool.scale_awards import CLAIMANTS, draft_claim
from matchmaking.pool.schemas import (
    BarOut,
    BarSchema,
    CountyRadarOut,
    DraftedClaimOut,
    EntriesAskedSchema,
    FallSchema,
    FiledOut,
    FirmOut,
    NominationSchema,
    PoolEntriesPageOut,
    PoolMoveSchema,
    PoolReviewOut,
    ScaleEntrySchema,
    WholePoolEntryOut,
    YearReportOut,
    nomination_from,
    reached_from,
)
from matchmaking.pool.scope import COUNTY, INDUSTRY, POOL_READERS, entry_for
from matchmaking.sent_files import sent_file

READ, WRITE = "matchmaking:read", "matchmaking:write"
MOST_NOMINATED, MOST_REVENUES = 200, 5000  # rows of a file, which is taken whole while its sender waits

blueprint = Blueprint("pool-api", __name__, url_prefix="/api/v1/pool", description="The cultivation pool")


class PoolFileSchema(Schema):
    file = Upload(required=True)


@dataclass(frozen=True)
class EntryRow:
    """A stay with its firm, as it travels."""

    entry: PoolEntry
    party: Party
    steps: tuple[PoolStep, ...] = ()
    moves: tuple[str, ...] = ()


def rules_today() -> PoolRules:
    """The rules of today."""
    return pool_rules(policy_book(), clock().today())


def _whole(entry_id: int) -> EntryRow:
    db, who = database.current(), caller()
    entry, party = entry_for(db, who, entry_id)
    steps = tuple(step for step, _name in reading.steps_of(db, who, entry_id))
    return EntryRow(entry, party, steps, tuple(service.allowed_verbs(who, entry)))


@blueprint.get("/radar")
@blueprint.response(200, CountyRadarOut(many=True))
@requires(*POOL_READERS, scope=READ)
def show_radar() -> list[CountyRadar]:
    """Quota, shortfall, firms near the bar or at it, and warnings, for each of the caller's counties."""
    return radar_for(database.current(), caller(), rules=rules_today(), day=clock().today())


@blueprint.get("/entries")
@blueprint.arguments(EntriesAskedSchema, location="query")
@blueprint.response(200, PoolEntriesPageOut)
@requires(*POOL_READERS, scope=READ)
def list_entries(asked: dict[str, Any]) -> Page[Any]:
    """The stays of the caller's counties."""
    page = reading.entries(
        database.current(), caller(), asked_from(asked), region=asked["region"], state=asked["state"]
    )
    return page.map(lambda row: EntryRow(*row))


@blueprint.post("/entries")
@blueprint.arguments(NominationSchema)
@blueprint.response(201, WholePoolEntryOut)
@requires(COUNTY, scope=WRITE)
def nominate(values: dict[str, Any]) -> EntryRow:
    """Nominate a firm of the caller's county."""
    now, said = clock(), nomination_from(values)
    entry = service.nominate(database.current(), caller(), said, rules=rules_today(), at=now.now(), today=now.today())
    return _whole(entry.id or 0)


@blueprint.post("/entries/file")
@blueprint.arguments(PoolFileSchema, location="files")
@blueprint.response(201, FiledOut)
@requires(COUNTY, scope=WRITE, transaction="own", rate="upload")
def nominate_by_file(_files: dict[str, Any]) -> dict[str, int]:
    """Nominate every firm of a file, or none."""
    return {"taken": len(take_nominations())}


def take_nominations() -> list[PoolEntry]:
    """The uploaded file of the present request as nominations; the same for page and API."""
    table, now, rules, who = (
        filing.read_nominations(*sent_file(), most=MOST_NOMINATED),
        clock(),
        rules_today(),
        caller(),
    )
    work = partial(filing.nominate_rows, caller=who, table=table, rules=rules, at=now.now(), today=now.today())
    return database.write(database.current(), work)


@blueprint.get("/entries/<int:entry_id>")
@blueprint.response(200, WholePoolEntryOut)
@requires(*POOL_READERS, scope=READ)
def show_entry(entry_id: int) -> EntryRow:
    """One stay with its steps and what the caller may do next."""
    return _whole(entry_id)


@blueprint.post("/entries/<int:entry_id>/moves")
@blueprint.arguments(PoolMoveSchema)
@blueprint.response(200, WholePoolEntryOut)
@requires(COUNTY, INDUSTRY)
def move_entry(values: dict[str, Any], entry_id: int) -> EntryRow:
    """Admit, reject, withdraw, take out, or record that the firm reached scale; not for tokens."""
    take_move(entry_id, values)
    return _whole(entry_id)


def take_move(entry_id: int, values: dict[str, Any]) -> PoolEntry:
    """One move out of loaded values; the same for page and API."""
    now = clock()
    return service.move(
        database.current(),
        caller(),
        entry_id,
        values["move"],
        reason=values["reason"],
        document=values["document"],
        reached=reached_from(values),
        at=now.now(),
        today=now.today(),
    )


@blueprint.post("/firms/<int:enterprise_id>/award-claims")
@blueprint.response(201, DraftedClaimOut)
@requires(*CLAIMANTS)
def draft_award_claim(enterprise_id: int) -> dict[str, str]:
    """Draft the claim of awards 27 and 28 for a firm that reached scale."""
    return {"url": take_claim(enterprise_id)}


def take_claim(enterprise_id: int) -> str:
    """The address of the drafted claim; the same for page and API."""
    now, db = clock(), database.current()
    return draft_claim(db, caller(), enterprise_id, drafter=scale_award_drafter(), at=now.now(), today=now.today())


@blueprint.post("/bars")
@blueprint.arguments(BarSchema)
@blueprint.response(201, BarOut)
@requires(COUNTY)
def lower_bar(values: dict[str, Any]) -> PoolBar:
    """Lower the bar of a county that is short of its number, with a reason."""
    now = clock()
    return bars.lower_bar(database.current(), caller(), **values, rules=rules_today(), at=now.now(), today=now.today())


@blueprint.post("/revenues/file")
@blueprint.arguments(PoolFileSchema, location="files")
@blueprint.response(201, FiledOut)
@requires(COUNTY, INDUSTRY, scope=WRITE, transaction="own", rate="upload")
def file_revenues(_files: dict[str, Any]) -> dict[str, int]:
    """Monthly revenue by file, whole or not at all."""
    return {"taken": take_revenues()}


def take_revenues() -> int:
    """The uploaded file of the present request as monthly revenue; how many figures are new or changed."""
    table, now, who = filing.read_revenues(*sent_file(), most=MOST_REVENUES), clock(), caller()
    work = partial(filing.file_revenues, caller=who, table=table, at=now.now(), today=now.today())
    return database.write(database.current(), work)


@blueprint.post("/scale-entries")
@blueprint.arguments(ScaleEntrySchema)
@blueprint.response(201, FirmOut)
@requires(INDUSTRY)
def record_scale_entry(values: dict[str, Any]) -> Party:
    """Record that a firm outside the pool entered the above-scale register."""
    now = clock()
    reached = service.Reached(values["entered_on"], values["revenue"], values["was_in_register"])
    db, code, document = database.current(), values["code"], values["document"]
    return service.record_entry(db, caller(), code, reached, document=document, at=now.now(), today=now.today())


@blueprint.post("/falls")
@blueprint.arguments(FallSchema)
@blueprint.response(201, FirmOut)
@requires(INDUSTRY)
def record_fall(values: dict[str, Any]) -> Party:
    """Record that a firm fell out of the above-scale register."""
    now = clock()
    return service.record_fall(database.current(), caller(), **values, at=now.now(), today=now.today())


@blueprint.get("/reviews")
@blueprint.response(200, PoolReviewOut(many=True))
@requires(*POOL_READERS, scope=READ)
def list_reviews() -> list[PoolReview]:
    """The quarterly reviews of the caller's counties, the newest first."""
    return reviews_for(database.current(), caller())


@blueprint.get("/reports/<int:year>")
@blueprint.response(200, YearReportOut)
@requires(*POOL_READERS, scope=READ)
def show_report(year: int) -> reports.YearReport:
    """The report on a year's targets, as issued or as it would read today."""
    return reports.report_of(database.current(), reports.sensible_year(year), book=policy_book(), today=clock().today())


@blueprint.post("/reports/<int:year>")
@blueprint.response(201, YearReportOut)
@requires(INDUSTRY)
def issue_report(year: int) -> reports.YearReport:
    """Issue the report: its figures are kept as they are."""
    now, wanted = clock(), reports.sensible_year(year)
    return reports.issue(database.current(), caller(), wanted, book=policy_book(), at=now.now(), today=now.today())
