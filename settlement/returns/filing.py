"""File a return: read the file in a confined child, store its bytes, then one short transaction that enters the next version.

Nothing is read inside a transaction (reliability rules 4 and 11), so these functions open their own and are called by views
declared with `transaction="own"`, by commands and by the demonstration.
"""

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePath

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.errors import Conflict, Refused
from kernel.money import MAX_FEN
from kernel.parties.models import GUARANTOR_KINDS
from kernel.parties.service import institution_by_id
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.faults import FileRefused
from kernel.works.telling import Told, nobody_told
from settlement.calendar import first_guaranteed, reported_quarters
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.cache import SumsCache
from settlement.engine.definition import definition_in_force
from settlement.engine.machines import DuckDB
from settlement.returns.archive import Archive, digest_of
from settlement.returns.child import intake_in_child
from settlement.returns.findings import Intake
from settlement.returns.intake import FiledFile, Known
from settlement.returns.keeping import Keeping
from settlement.returns.kinds import GUARANTEES, LOANS, ReturnKind
from settlement.returns.known import known_before
from settlement.returns.models import LoanReturn, LoanReturnReport
from settlement.returns.report import Report, to_json
from settlement.returns.service import newest, next_version, require_role
from settlement.returns.workflow import FILED, REFUSED

LONGEST_NAME = 200
Digests = tuple[str, str | None]  # of the file, and of the one beside it
NOT_REPORTED, NOT_OVER = "quarter_not_reported", "quarter_not_over"


@dataclass(frozen=True)
class Premises:
    """Where returns are kept, by which policies they are looked at, and what reads a filed file: a confined child in the service."""

    keeping: Keeping
    book: PolicyBook
    cache: SumsCache
    intake: Callable[..., Intake] = intake_in_child


@dataclass(frozen=True)
class Upload:
    """A filed file: where its bytes are now, and the name under which the bank filed it."""

    source: Path
    name: str

    @property
    def kept_name(self) -> str:
        """The last part of the name, in NFC, without control characters; its ending tells the format."""
        last = PurePath(self.name.replace("\\", "/")).name
        plain = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign)[0] != "C")
        return plain[-LONGEST_NAME:] or "return"


@dataclass(frozen=True)
class Filing:
    """What is being filed: its kind and quarter, the file, and the file beside it."""

    kind: ReturnKind
    quarter: Quarter
    upload: Upload
    events: Upload | None = None


def _nothing_beside(_what: object, _db: Session) -> None:
    """Nobody has anything to write beside."""


@dataclass(frozen=True)
class Watching:
    """Who watches a filing: told how far it is, and writing its end inside the transaction that has the effect."""

    told: Told = nobody_told
    entered: Callable[[LoanReturn, Session], None] = _nothing_beside
    unreadable: Callable[[FileRefused, Session], None] = _nothing_beside


UNWATCHED = Watching()


@dataclass(frozen=True)
class TakenIn:
    """A return as stored and read, ready to be entered."""

    filing: Filing
    bytes_digest: str
    events_digest: str | None
    size: int
    report: Report
    eligible: int | None


def kind_of(db: Session, institution_id: int) -> ReturnKind:
    """Which return an institution files: guarantors their contracts, all others their loans."""
    _party, institution = institution_by_id(db, institution_id)
    return GUARANTEES if institution.kind in GUARANTOR_KINDS else LOANS


def _asked_for(kind: ReturnKind, book: PolicyBook, today: date) -> tuple[Quarter, Quarter | None]:
    """The first and the last quarter that are reported on; guarantors report on without an end."""
    if kind is GUARANTEES:
        return first_guaranteed(book, today), None
    reported = reported_quarters(book)
    return reported[0], reported[-1]


def _check_quarter(kind: ReturnKind, quarter: Quarter, book: PolicyBook, today: date) -> None:
    first, last = _asked_for(kind, book, today)
    if quarter < first or (last is not None and quarter > last):
        zh, en = (f"{first} 到 {last}", f"{first} to {last}") if last else (f"{first} 和以后", f"{first} and later")
        raise Refused(
            NOT_REPORTED,
            f"{quarter} 不在报送范围里，要报的是 {zh}",
            f"{quarter} is not one of the quarters to report, which are {en}",
        )
    if quarter.last_day >= today:
        raise Refused(
            NOT_OVER,
            f"{quarter} 还没有结束，{quarter.last_day} 以后才能报送",
            f"{quarter} has not ended; file after {quarter.last_day}",
        )


def check_may_file(
    db: Session, caller: Caller, quarter: Quarter, *, book: PolicyBook, today: date, kind: ReturnKind | None = None
) -> str:
    """The institution's code; Refused for a kind that is not the institution's, a quarter outside the policy or not ended.

    `kind` None stands for the kind that the institution files.
    """
    require_role(caller, "maker")
    party, _institution = institution_by_id(db, caller.organisation_id)
    own = kind_of(db, caller.organisation_id)
    if kind is not None and kind is not own:
        raise Refused(
            "other_kind_of_return",
            f"本单位报的是{own.title.zh}，不是{kind.title.zh}",
            f"Your organisation files the {own.title.en.lower()}, not the {kind.title.en.lower()}",
        )
    _check_quarter(own, quarter, book, today)
    return party.code


def file_return(
    db: Session,
    caller: Caller,
    upload: Upload,
    *,
    quarter: Quarter,
    premises: Premises,
    at: datetime,
    today: date,
    kind: ReturnKind | None = None,
    events: Upload | None = None,
    repaired_from_id: int | None = None,
    watching: Watching = UNWATCHED,
) -> LoanReturn:
    """The next version of the caller's return, `filed` if it has no error and `refused` otherwise; in transactions of its own.

    `kind` None stands for the kind that the institution files; `events` is the file beside a guarantee return. The same bytes
    again are no new version: the newest one is given back, unless it was refused. A file that cannot be read as a table at all takes
    no version number either: `FileRefused` says what is wrong with it, and the trail keeps that it came. Conflict for a file that was
    handed in before the newest version, which it would replace.
    """
    code = check_may_file(db, caller, quarter, book=premises.book, today=today, kind=kind)
    filing = Filing(kind_of(db, caller.organisation_id), quarter, upload, events)
    _check_beside(filing)
    digests = (digest_of(upload.source), digest_of(events.source) if events else None)
    before = _standing(db, caller, quarter, digests, at)
    if before is not None:
        return before if watching is UNWATCHED else _once_more(db, before, watching)
    try:
        taken = _take_in(db, caller, filing, code, digests, premises, watching.told)
    except FileRefused as refused:
        _store(filing, premises.keeping.archive)
        _note_unreadable(db, caller, filing, digests[0], partial(watching.unreadable, refused), at=at)
        raise
    watching.told("entering", 0, 1)
    _store(filing, premises.keeping.archive)
    try:
        return database.write(
            db, lambda db: _enter(db, caller, taken, watching, at=at, repaired_from_id=repaired_from_id)
        )
    except IntegrityError as error:
        raise _filed_meanwhile() from error


def _filed_meanwhile() -> Conflict:
    return Conflict(
        "filed_meanwhile",
        "同一季度在这份之后又报了一份，这份没有登记；请刷新后看最新一版，要换成这份就再报一次",
        "Another version of this quarter was filed after this one, which was not entered; look at the newest, and file again to replace it",
    )


def stands_for(last: LoanReturn, digests: Digests) -> bool:
    """Whether the very bytes stand as this version; refused ones may come again, as the books they were judged by move on."""
    return last.state != REFUSED and (last.bytes_digest, last.events_digest) == digests


def _standing(db: Session, caller: Caller, quarter: Quarter, digests: Digests, at: datetime) -> LoanReturn | None:
    """The newest version where it has the very bytes; Conflict where it was handed in after `at`, as a file waited to be read."""
    last = newest(db, caller.organisation_id, quarter)
    if last is not None and stands_for(last, digests):
        return last
    if last is not None and last.filed_at > at:
        raise _filed_meanwhile()
    return None


def _once_more(db: Session, before: LoanReturn, watching: Watching) -> LoanReturn:
    database.write(db, lambda db: watching.entered(before, db))
    return before


def _store(filing: Filing, archive: Archive) -> None:
    """Keep the filed bytes, before anything in the books speaks of them."""
    for upload in filter(None, (filing.upload, filing.events)):
        archive.put(upload.source)


def _check_beside(filing: Filing) -> None:
    if filing.events is not None and filing.kind.beside is None:
        raise Refused(
            "no_file_beside",
            f"{filing.kind.title.zh}没有附表",
            f"The {filing.kind.title.en.lower()} has no second file",
        )


def _take_in(
    db: Session,
    caller: Caller,
    filing: Filing,
    code: str,
    digests: Digests,
    premises: Premises,
    told: Told,
) -> TakenIn:
    keeping = premises.keeping
    known = known_before(db, caller.organisation_id, filing.quarter, filing.kind, keeping)
    db.rollback()  # the read is over: no transaction stays open while the file is read
    with keeping.scratch() as scratch:
        report = _read(filing, code, scratch / "tape.parquet", known, premises, told)
        if report.row_digest:
            told("adding", 0, 1)
            keeping.keep_tape(scratch / "tape.parquet", report.row_digest)
    eligible = _eligible(report.row_digest, filing.quarter, premises) if filing.kind is LOANS else None
    return TakenIn(filing, *digests, filing.upload.source.stat().st_size, report, eligible)


def _read(filing: Filing, code: str, into: Path, known: Known, premises: Premises, told: Told) -> Report:
    events = filing.events
    found = premises.intake(
        filing.upload.source,
        institution_code=code,
        quarter=filing.quarter,
        into=into,
        kind=filing.kind,
        known=known,
        file=filing.upload.kept_name,
        events=FiledFile(events.source, events.kept_name) if events else None,
        told=told,
    )
    return Report(intake=replace(found, tape=None))  # the tape moves on to its own place


def _eligible(row_digest: str | None, quarter: Quarter, premises: Premises) -> int | None:
    if row_digest is None:
        return None
    tape = Tape(premises.keeping.tape(row_digest), row_digest)
    definition = definition_in_force(premises.book, quarter.last_day)
    return reconciliations([tape], definition, DuckDB(), premises.cache)[tape.digest].eligible


def _kept_total(report: Report) -> int:
    """The filed total; that of a refused file is shown only, so it is cut where the books could not hold it."""
    total = report.intake.total_balance if report.intake else 0
    if report.row_digest is not None and total > MAX_FEN:
        raise Refused(
            "total_out_of_range",
            "报表余额合计超出系统能记的范围，请检查是否把元写成了分",
            "The return's total is beyond what the books can hold; check whether fen were written as yuan",
        )
    return max(0, min(total, MAX_FEN))


def _note_unreadable(
    db: Session, caller: Caller, filing: Filing, bytes_digest: str, beside: Callable[[Session], None], *, at: datetime
) -> None:
    upload, quarter = filing.upload, filing.quarter
    detail = {"quarter": str(quarter), "file_name": upload.kept_name, "bytes_digest": bytes_digest}
    subject = ("institution", caller.organisation_id)

    def note(db: Session) -> None:
        record(db, "return.unreadable", by=caller.actor, subject=subject, at=at, detail=detail)
        beside(db)

    database.write(db, note)


def _version(db: Session, caller: Caller, taken: TakenIn, at: datetime, repaired_from_id: int | None) -> LoanReturn:
    report, read = taken.report, taken.report.intake
    return LoanReturn(
        institution_id=caller.organisation_id,
        quarter=str(taken.filing.quarter),
        kind=taken.filing.kind.name,
        version=next_version(db, caller.organisation_id, taken.filing.quarter),
        state=FILED if report.row_digest else REFUSED,
        file_name=taken.filing.upload.kept_name,
        format=read.format if read else "",
        encoding=read.encoding if read else "",
        sheet=read.sheet[:120] if read else "",
        size=taken.size,
        bytes_digest=taken.bytes_digest,
        row_digest=report.row_digest,
        rows=read.rows if read else 0,
        borrowers=read.borrowers if read else 0,
        total=_kept_total(report),
        eligible=taken.eligible,
        events_name=taken.filing.events.kept_name if taken.filing.events else "",
        events_digest=taken.events_digest,
        events=read.events if read else 0,
        errors=report.error_count,
        warnings=report.warnings.total,
        repaired_from_id=repaired_from_id,
        filed_by=caller.account_id,
        filed_at=at,
    )


def _enter(
    db: Session,
    caller: Caller,
    taken: TakenIn,
    watching: Watching,
    *,
    at: datetime,
    repaired_from_id: int | None,
) -> LoanReturn:
    digests = (taken.bytes_digest, taken.events_digest)
    standing = _standing(db, caller, taken.filing.quarter, digests, at)  # what was filed while the file was read
    if standing is not None:
        watching.entered(standing, db)
        return standing
    filed = _version(db, caller, taken, at, repaired_from_id)
    db.add(filed)
    db.flush()
    assert filed.id is not None
    content = to_json(taken.report)
    db.add(LoanReturnReport(return_id=filed.id, institution_id=filed.institution_id, content=content))
    db.flush()
    detail = {
        "kind": filed.kind,
        "quarter": filed.quarter,
        "version": filed.version,
        "bytes_digest": filed.bytes_digest,
        "events_digest": filed.events_digest or "",
        "row_digest": filed.row_digest or "",
        "errors": filed.errors,
        "warnings": filed.warnings,
    }
    act = "return.refuse" if filed.state == REFUSED else "return.file"
    record(db, act, by=caller.actor, subject=("return", filed.id), at=at, detail=detail)
    watching.entered(filed, db)
    return filed
