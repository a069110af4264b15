"""What the pages of returns show, gathered from the books; read only."""

from collections.abc import Mapping, Sequence
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
from settlement.calendar import Season, guaranteed_quarters, reported_quarters, rewarded_quarters, season_of
from settlement.people import names_of
from settlement.returns import service
from settlement.returns.comparing import Comparable, comparables
from settlement.returns.findings import Conversions, Finding, RollForward
from settlement.returns.headers import columns_of
from settlement.returns.kinds import GUARANTEES, KINDS, LOANS, ReturnKind
from settlement.returns.mending import Mending, Place, code_word, mending, words_of
from settlement.returns.models import LoanReturn
from settlement.returns.repairing import as_repairs, can_be_repaired, repairs_of
from settlement.returns.repairs import LeaveOut
from settlement.returns.report import Report
from settlement.returns.workflow import FILED, REFUSED, SENT_BACK, STATES

ACTS = {
    "return.file": Text("报送", "Filed"),
    "return.refuse": Text("报送，有错没有接受", "Filed, not accepted because of errors"),
    "return.mend": Text("改了一格", "Mended a cell"),
    "return.leave_out": Text("有一行本季不报", "Left a row out"),
    "return.undo_mend": Text("撤销了一处修改", "Took a repair back"),
    "return.send": Text("送认证", "Sent to be certified"),
    "return.send_back": Text("退回", "Sent back"),
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
_ROLLED_CONTRACTS = (
    ("opened", "新增担保", "New guarantees", "＋"),
    ("grown", "余额增加", "Grown", "＋"),
    ("shrunk", "部分还款", "Repaid in part", "−"),
    ("repaid", "本季终止、解除或代偿", "Ended, released or compensated in the quarter", "−"),
    ("left", "不在表上", "Gone from the return", "−"),
    ("written_off", "代偿后不在表上", "Compensated and gone", "−"),
)
_CONVERTED = (
    ("full_width", Text("全角数字、符号", "Full-width signs")),
    ("thousands", Text("千分号", "Thousands commas")),
    ("spaces", Text("多余空格", "Stray spaces")),
    ("currency", Text("金额旁的“￥”“元”", "Signs of the yuan beside amounts")),
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
    db: Session, caller: Caller, book: PolicyBook, calendar: WorkCalendar, today: date, kind: ReturnKind = LOANS
) -> list[QuarterLine]:
    """Every quarter that is over and has to be reported, the newest first."""
    by_quarter: dict[str, list[LoanReturn]] = {}
    for row in service.returns_of(db, caller, kind=kind.name):
        by_quarter.setdefault(row.filed.quarter, []).append(row.filed)
    people = names_of(db, (one for versions in by_quarter.values() for v in versions for one in _people(v)))
    lines = []
    for quarter in reversed(_ended(book, today, kind)):
        season = season_of(book, quarter, calendar)
        left = days_left(season.filing_until, today, calendar)
        lines.append(QuarterLine(quarter, season, tuple(by_quarter.get(str(quarter), ())), left, people))
    return lines


def _ended(book: PolicyBook, today: date, kind: ReturnKind) -> list[Quarter]:
    """The quarters that are over, of those for which returns of a kind are asked; the base before any contract counts is not."""
    if kind is GUARANTEES:
        return list(guaranteed_quarters(book, today)[1:])
    return [quarter for quarter in reported_quarters(book) if quarter.last_day < today]


def _people(filed: LoanReturn) -> tuple[int | None, ...]:
    return (filed.filed_by, filed.confirmed_by, filed.certified_by)


@dataclass(frozen=True)
class RolledLine:
    """One step from the last balance to this one."""

    label: Text
    sign: str
    fen: int


@dataclass(frozen=True)
class TypedCell:
    """A cell typed on the page that was not taken, and why."""

    value: str
    wrong: Text


@dataclass(frozen=True)
class VersionView:
    """One version as its page needs it; `stage` names the template.

    `compared` is what its differences are told against, `original` the version that the bank filed before it was mended
    on the page, `sent_back` the newest version up to this one that was sent back, with the reason.
    """

    filed: LoanReturn
    party: Party
    season: Season
    left: int
    stage: str
    report: Report
    names: Mapping[int, str]
    compared: Comparable | None
    original: LoanReturn | None
    sent_back: LoanReturn | None
    is_newest: bool
    may_certify: bool
    may_mend: bool
    mending: Mending | None
    notes: tuple[AuditEntry, ...]
    left_out: frozenset[int] = field(default=frozenset())
    typed: Mapping[Place, TypedCell] = field(default_factory=dict)

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.filed.quarter)

    @property
    def kind(self) -> ReturnKind:
        return KINDS[self.filed.kind]

    @property
    def beside(self) -> tuple[Finding, ...]:
        """The errors that stand in the file beside the return."""
        return tuple(one for one in self.report.errors.listed if one.rule.part)

    @property
    def state(self) -> Text:
        return STATES[self.filed.state]

    @property
    def rolled(self) -> list[RolledLine]:
        """The steps that moved anything."""
        return _rolled(self.report.roll_forward, _ROLLED if self.kind is LOANS else _ROLLED_CONTRACTS)

    @property
    def converted(self) -> list[tuple[Text, int]]:
        """What was tidied while reading."""
        return _converted(self.report.conversions)

    def words(self, column: str, text: str) -> Text | str:
        """A cell as people read it."""
        return words_of(column, text)

    @property
    def first_rows(self) -> list[list[tuple[str, Text | None]]]:
        """The first rows as they were decoded, each cell with the word of its code where it holds one."""
        columns = dict(enumerate(columns_of(self.headings, self.kind.sheet)))
        return [
            [(cell, code_word(columns.get(place), cell)) for place, cell in enumerate(row)]
            for row in self.report.intake.first_rows
        ]

    @property
    def headings(self) -> list[str]:
        return list(self.report.intake.headings)


def _rolled(rolled: RollForward | None, words: Sequence[tuple[str, str, str, str]]) -> list[RolledLine]:
    if rolled is None:
        return []
    lines = [RolledLine(Text(zh, en), sign, getattr(rolled, name)) for name, zh, en, sign in words]
    return [line for line in lines if line.fen]


def _converted(conversions: Conversions) -> list[tuple[Text, int]]:
    return [(text, getattr(conversions, name)) for name, text in _CONVERTED if getattr(conversions, name)]


def version_view(
    db: Session,
    caller: Caller,
    return_id: int,
    book: PolicyBook,
    calendar: WorkCalendar,
    today: date,
    typed: Mapping[Place, TypedCell] | None = None,
) -> VersionView:
    """A version that the caller may see, with the cells just typed that were not taken; NotFound otherwise."""
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
        stage=_stage(filed, caller, is_newest, may_certify),
        report=found,
        names=names_of(db, [*_people(filed), *(note.account_id for note in notes)]),
        compared=next(iter(comparables(db, filed)), None) if filed.rows else None,
        original=_original(db, caller, filed),
        sent_back=next((one for one in (filed, *service.versions_before(db, filed)) if one.sent_back_reason), None),
        is_newest=is_newest,
        may_certify=may_certify,
        may_mend=may_mend,
        mending=mending(found.errors, repairs, found.intake.wrong_rows) if filed.state == REFUSED else None,
        notes=tuple(notes),
        left_out=frozenset(one.row for one in repairs if isinstance(one, LeaveOut)),
        typed=typed or {},
    )


def _may_certify(filed: LoanReturn, caller: Caller, is_newest: bool) -> bool:
    """Whether the caller is the second person and the version was sent to be certified."""
    was_sent = filed.state == FILED and filed.confirmed_at is not None
    return caller.role == "checker" and was_sent and is_newest and filed.filed_by != caller.account_id


def _stage(filed: LoanReturn, caller: Caller, is_newest: bool, may_certify: bool) -> str:
    if filed.state == REFUSED:
        return "repair"
    waits_for_maker = filed.state == SENT_BACK or (filed.state == FILED and filed.confirmed_at is None)
    if caller.role == "maker" and is_newest and waits_for_maker:
        return "sending"
    return "certification" if may_certify else "version"


def _original(db: Session, caller: Caller, filed: LoanReturn) -> LoanReturn | None:
    """What the bank filed itself, of a version that was mended on the page once or more often."""
    found = None
    while filed.repaired_from_id is not None:
        found = filed = service.return_by_id(db, caller, filed.repaired_from_id)
    return found


def purpose_of(book: PolicyBook, quarter: Quarter, kind: ReturnKind) -> Text:
    """What a quarter's return is needed for."""
    if kind is GUARANTEES:
        return Text(
            "用来算这一季的降费奖补：逐笔合同按在保天数累计",
            "This quarter's fee subsidy is computed from it, contract by contract and day by day",
        )
    if quarter in rewarded_quarters(book):
        return Text(
            "用来算这一季的奖励；下一季比较余额时，它也是上季末",
            "This quarter's reward is computed from it; the next quarter is compared with it",
        )
    return Text(
        "只作比较用：第一个结算季度要和它比余额，这一季本身没有奖励",
        "Only to compare with: the first settled quarter is held against it, and this quarter itself earns no reward",
    )
