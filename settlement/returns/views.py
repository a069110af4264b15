"""What the pages of returns show, gathered from the books; read only."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.audit.service import entries_about
from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.parties.service import party_by_id
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.workdays import WorkCalendar
from settlement.calendar import Season, reported_quarters, season_of
from settlement.people import names_of
from settlement.returns import service
from settlement.returns.columns import COLUMN
from settlement.returns.confined import difference_confined
from settlement.returns.differences import Difference
from settlement.returns.findings import Conversions, RollForward
from settlement.returns.keeping import Keeping
from settlement.returns.mending import Mending, mending
from settlement.returns.models import LoanReturn
from settlement.returns.repairing import WHOLE_ROW, as_repairs, can_be_repaired, repairs_of
from settlement.returns.report import Report
from settlement.returns.workflow import FILED, REFUSED, STATES

PER_PAGE = 50

ACTS = {
    "return.file": Text("报送", "Filed"),
    "return.refuse": Text("报送，有错没有接受", "Filed, not accepted because of errors"),
    "return.mend": Text("改了一格", "Mended a cell"),
    "return.leave_out": Text("有一行本季不报", "Left a row out"),
    "return.undo_mend": Text("撤销了一处修改", "Took a repair back"),
    "return.confirm_warnings": Text("确认提示", "Confirmed the warnings"),
    "return.certify": Text("认证", "Certified"),
}
_ROLLED = (
    ("opened", "新放", "New loans", "＋"),
    ("grown", "余额增加", "Grown", "＋"),
    ("shrunk", "余额减少", "Shrunk", "−"),
    ("repaid", "还清，还在表上", "Repaid, still listed", "−"),
    ("left", "收回，不在表上", "Repaid and gone", "−"),
    ("written_off", "核销（上季列为损失）", "Written off (loss before)", "−"),
)
_CONVERTED = (
    ("full_width", Text("全角数字、符号", "Full-width signs")),
    ("thousands", Text("千分号", "Thousands commas")),
    ("spaces", Text("多余空格", "Stray spaces")),
)


@dataclass(frozen=True)
class QuarterLine:
    """One quarter of a bank's list: its versions, newest first, and until when it is due."""

    quarter: Quarter
    season: Season
    versions: tuple[LoanReturn, ...]
    left: int
    names: Mapping[int, str]

    @property
    def certified(self) -> LoanReturn | None:
        return next((one for one in self.versions if one.state == "certified"), None)

    @property
    def standing(self) -> LoanReturn | None:
        """The version that matters now: the newest."""
        return self.versions[0] if self.versions else None


def days_left(until: date, today: date, calendar: WorkCalendar) -> int:
    """Working days from tomorrow to the deadline, itself included; negative for those since it passed."""
    if today <= until:
        return len(calendar.between(today + timedelta(days=1), until))
    return -len(calendar.between(until + timedelta(days=1), today))


def quarter_lines(
    db: Session, caller: Caller, book: PolicyBook, calendar: WorkCalendar, today: date
) -> list[QuarterLine]:
    """Every quarter that is over and has to be reported, the newest first."""
    by_quarter: dict[str, list[LoanReturn]] = {}
    for row in service.returns_of(db, caller):
        by_quarter.setdefault(row.filed.quarter, []).append(row.filed)
    people = names_of(db, (one for versions in by_quarter.values() for v in versions for one in _people(v)))
    lines = []
    for quarter in reversed([one for one in reported_quarters(book) if one.last_day < today]):
        season = season_of(book, quarter, calendar)
        left = days_left(season.filing_until, today, calendar)
        lines.append(QuarterLine(quarter, season, tuple(by_quarter.get(str(quarter), ())), left, people))
    return lines


def _people(filed: LoanReturn) -> tuple[int | None, ...]:
    return (filed.filed_by, filed.confirmed_by, filed.certified_by)


@dataclass(frozen=True)
class RolledLine:
    """One step from the last balance to this one."""

    label: Text
    sign: str
    fen: int


@dataclass(frozen=True)
class VersionView:
    """One version as its page needs it; `stage` names the template."""

    filed: LoanReturn
    party: Party
    season: Season
    left: int
    stage: str
    report: Report
    names: Mapping[int, str]
    before: LoanReturn | None
    is_newest: bool
    may_certify: bool
    may_mend: bool
    mending: Mending | None
    notes: tuple[AuditEntry, ...]
    left_out: frozenset[int] = field(default=frozenset())

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.filed.quarter)

    @property
    def state(self) -> Text:
        return STATES[self.filed.state]

    @property
    def rolled(self) -> list[RolledLine]:
        """The steps that moved anything."""
        return _rolled(self.report.roll_forward)

    @property
    def converted(self) -> list[tuple[Text, int]]:
        """What was tidied while reading."""
        return _converted(self.report.conversions)

    @property
    def first_rows(self) -> list[list[str]]:
        return [list(row) for row in self.report.intake.first_rows] if self.report.intake else []

    @property
    def headings(self) -> list[str]:
        return list(self.report.intake.headings) if self.report.intake else []


def _rolled(rolled: RollForward | None) -> list[RolledLine]:
    if rolled is None:
        return []
    lines = [RolledLine(Text(zh, en), sign, getattr(rolled, name)) for name, zh, en, sign in _ROLLED]
    return [line for line in lines if line.fen]


def _converted(conversions: Conversions) -> list[tuple[Text, int]]:
    return [(text, getattr(conversions, name)) for name, text in _CONVERTED if getattr(conversions, name)]


def version_view(
    db: Session, caller: Caller, return_id: int, book: PolicyBook, calendar: WorkCalendar, today: date
) -> VersionView:
    """A version that the caller may see; NotFound otherwise."""
    filed = service.return_by_id(db, caller, return_id)
    quarter = Quarter.parse(filed.quarter)
    found, season = service.report(db, filed), season_of(book, quarter, calendar)
    newest = service.newest(db, filed.institution_id, quarter, accepted=filed.state != REFUSED)
    is_newest = newest is not None and newest.id == filed.id
    repairs = as_repairs(repairs_of(db, filed))
    notes = entries_about(db, ("return", filed.id))
    may_mend = caller.role == "maker" and can_be_repaired(db, filed)
    may_certify = _may_certify(filed, caller, is_newest)
    return VersionView(
        filed=filed,
        party=party_by_id(db, filed.institution_id),
        season=season,
        left=days_left(season.filing_until, today, calendar),
        stage=_stage(filed, caller, found, may_certify),
        report=found,
        names=names_of(db, [*_people(filed), *(note.account_id for note in notes)]),
        before=_before(db, filed),
        is_newest=is_newest,
        may_certify=may_certify,
        may_mend=may_mend,
        mending=mending(found.errors, repairs) if filed.state == REFUSED else None,
        notes=tuple(notes),
        left_out=frozenset(one.row for one in repairs_of(db, filed) if one.column_name == WHOLE_ROW),
    )


def _may_certify(filed: LoanReturn, caller: Caller, is_newest: bool) -> bool:
    """Whether the caller is the second person and nothing is left to do before."""
    confirmed = not filed.warnings or filed.confirmed_at is not None
    return caller.role == "checker" and filed.state == FILED and is_newest and confirmed


def _stage(filed: LoanReturn, caller: Caller, found: Report, may_certify: bool) -> str:
    if filed.state == REFUSED:
        return "unreadable" if found.faults else "repair"
    if filed.state == FILED and filed.warnings and filed.confirmed_at is None and caller.role == "maker":
        return "warnings"
    return "certification" if may_certify else "version"


def _before(db: Session, filed: LoanReturn) -> LoanReturn | None:
    """The version before this one that could be read as a table."""
    rows = service.versions_before(db, filed)
    return next((row for row in rows if row.rows), None)


@dataclass(frozen=True)
class DifferenceView:
    """Two versions and a page of what changed between them."""

    older: LoanReturn
    newer: LoanReturn
    party: Party
    difference: Difference
    page: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.difference.total // PER_PAGE))

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.newer.quarter)

    def heading(self, column: str) -> Text | str:
        """A column as people call it."""
        return COLUMN[column].heading if column in COLUMN else column


def difference_view(db: Session, caller: Caller, return_id: int, keeping: Keeping, page: int) -> DifferenceView:
    """What changed since the version before; NotFound where there is none."""
    newer = service.return_by_id(db, caller, return_id)
    older, party = _before(db, newer), party_by_id(db, newer.institution_id)
    if older is None or not newer.rows:
        raise service.missing()
    db.rollback()  # the reads are over: files are compared outside any transaction
    found = difference_confined(
        keeping.archive.path(older.bytes_digest),
        keeping.archive.path(newer.bytes_digest),
        old_file=older.file_name,
        new_file=newer.file_name,
        by_row=newer.repaired_from_id == older.id,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
    )
    return DifferenceView(older, newer, party, found, page)
