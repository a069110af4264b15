"""Record and read the balances certified by the central bank's branch. A correction is a new version; nothing is edited."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Select, false
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, FieldErrors, Forbidden, Invalid
from kernel.money import MAX_FEN
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party
from kernel.parties.service import statuses_on
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.columns import read_records
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.reading import read_sheet
from settlement.calendar import reported_quarters
from settlement.certified_balances.models import CertifiedBalance
from settlement.filed.certified import CODE, COLUMNS, DATE, read_certified
from settlement.returns.service import FILING_ROLES, SEES_ALL

RECORDER = "central_bank_officer"
READERS = (RECORDER, *SEES_ALL, *FILING_ROLES)
LONGEST_DOCUMENT = 120
MOST_ROWS = 2000  # of a file; ten years of every institution in the city are half of that
UNKNOWN = "unknown_institution"
LOCAL = "local_legal_person"

Key = tuple[str, Quarter]


@dataclass(frozen=True)
class Figure:
    """One figure to record: of which institution and quarter end, in fen, by which document."""

    institution_code: str
    quarter: Quarter
    balance: int
    document: str


@dataclass(frozen=True)
class BalanceRow:
    """A version with its institution."""

    certified: CertifiedBalance
    party: Party


def _seen_by(caller: Caller) -> ColumnElement[bool]:
    if caller.role == RECORDER or caller.role in SEES_ALL:
        return col(CertifiedBalance.id).is_not(None)
    if caller.role in FILING_ROLES and caller.organisation_kind == "institution":
        return col(CertifiedBalance.institution_id) == caller.organisation_id
    return false()


def balances_query(
    caller: Caller, *, quarter: Quarter | None = None, institution_code: str | None = None
) -> Select[Any]:
    """All versions that the caller may see: newest quarter first, by institution, newest version first."""
    query = select(CertifiedBalance, Party).join(Party, col(Party.id) == col(CertifiedBalance.institution_id))
    query = query.where(_seen_by(caller))
    if quarter is not None:
        query = query.where(CertifiedBalance.quarter == str(quarter))
    if institution_code is not None:
        query = query.where(Party.code == institution_code)
    newest_first = (col(CertifiedBalance.quarter).desc(), Party.code, col(CertifiedBalance.version).desc())
    return cast(Select[Any], query.order_by(*newest_first))


def balances_of(db: Session, caller: Caller, *, quarter: Quarter | None = None) -> list[BalanceRow]:
    """The same as a list."""
    return [BalanceRow(certified, party) for certified, party in db.execute(balances_query(caller, quarter=quarter))]


def in_force(db: Session, quarters: Iterable[Quarter]) -> dict[tuple[int, Quarter], CertifiedBalance]:
    """The newest version of every institution and quarter end: what statements are computed from."""
    wanted = [str(quarter) for quarter in quarters]
    query = select(CertifiedBalance).where(col(CertifiedBalance.quarter).in_(wanted))
    rows = db.exec(query.order_by(col(CertifiedBalance.version)))
    return {(row.institution_id, Quarter.parse(row.quarter)): row for row in rows}


def certifiable_institutions(db: Session) -> list[Party]:
    """The institutions whose balances may be certified, by code: lenders of their own, no guarantors and no branches."""
    query = (
        select(Party)
        .join(Institution, col(Institution.party_id) == col(Party.id))
        .where(col(Institution.kind).not_in([*GUARANTOR_KINDS, "branch"]))
    )
    return list(db.exec(query.order_by(Party.code)))


def expected_on(db: Session, quarter: Quarter) -> list[Party]:
    """Those whose balance is expected for a quarter end: local legal persons on its last day."""
    parties = certifiable_institutions(db)
    held = statuses_on(db, (party.id for party in parties if party.id), quarter.last_day)
    return [party for party in parties if LOCAL in held.get(party.id or 0, ())]


def _require_recorder(caller: Caller) -> None:
    if caller.role != RECORDER:
        raise Forbidden(
            "role_may_not", "核定余额由人民银行专员登记", "Certified balances are recorded by the central bank officer"
        )


def _check(figure: Figure, parties: Mapping[str, Party], book: PolicyBook, today: date) -> tuple[FieldError, ...]:
    errors = FieldErrors()
    if figure.institution_code not in parties:
        errors.add(
            "institution_code", UNKNOWN, "没有这家机构，请核对代码", "There is no such institution; check the code"
        )
    if figure.quarter not in reported_quarters(book) or figure.quarter.last_day >= today:
        errors.add(
            "quarter", "quarter_not_reported", "不是已经结束的结算季度", "Not a quarter of the scheme that has ended"
        )
    if not 0 <= figure.balance <= MAX_FEN:
        errors.add("balance", "out_of_range", "余额超出范围", "The balance is out of range")
    if not 1 <= len(figure.document.strip()) <= LONGEST_DOCUMENT:
        errors.add(
            "document", "required", "填文号，最多 120 个字", "Write the document's number, at most 120 characters"
        )
    return tuple(errors.errors)


def party_for(db: Session, caller: Caller, figure: Figure, *, book: PolicyBook, today: date) -> Party:
    """Whose figure it is; Forbidden but for the officer, Invalid for an unknown institution or a quarter that is not over."""
    _require_recorder(caller)
    parties = {party.code: party for party in certifiable_institutions(db)}
    wrong = _check(figure, parties, book, today)
    if wrong:
        raise Invalid(wrong)
    return parties[figure.institution_code]


def record_balance(
    db: Session, caller: Caller, figure: Figure, *, book: PolicyBook, at: datetime, today: date
) -> CertifiedBalance:
    """One figure, refused as by `party_for`. Recording the same again changes nothing."""
    return _append(db, caller, figure, party_for(db, caller, figure, book=book, today=today), at=at)


def _append(db: Session, caller: Caller, figure: Figure, party: Party, *, at: datetime) -> CertifiedBalance:
    assert party.id is not None
    query = select(CertifiedBalance).where(
        CertifiedBalance.institution_id == party.id, CertifiedBalance.quarter == str(figure.quarter)
    )
    newest = db.exec(query.order_by(col(CertifiedBalance.version).desc()).limit(1)).first()
    if newest is not None and (newest.balance, newest.document) == (figure.balance, figure.document):
        return newest
    kept = CertifiedBalance(
        institution_id=party.id,
        quarter=str(figure.quarter),
        version=newest.version + 1 if newest else 1,
        balance=figure.balance,
        document=figure.document,
        recorded_by=caller.account_id,
        recorded_at=at,
    )
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:
        raise Conflict(
            "recorded_meanwhile",
            "别人刚登记了同一家同一季末的余额，请核对后再登记",
            "The same balance was recorded a moment ago; look at it and record again",
        ) from None
    detail = {
        "institution": party.code,
        "quarter": kept.quarter,
        "version": kept.version,
        "balance_fen": kept.balance,
        "document": kept.document,
    }
    record(
        db, "certified_balance.record", by=caller.actor, subject=("certified_balance", kept.id), at=at, detail=detail
    )
    return kept


def read_import(
    db: Session, name: str, content: bytes, *, book: PolicyBook, today: date
) -> tuple[list[Figure], list[Fault]]:
    """The figures of a file with its warnings, whole or not at all: FileRefused with every error by row and column."""
    parties = {party.code: party for party in certifiable_institutions(db)}
    found, remarks = read_certified(name, content, parties, most=MOST_ROWS)
    strangers = [fault for fault in remarks if fault.rule == UNKNOWN]
    figures = [Figure(code, quarter, one.balance, one.document) for (code, quarter), one in found.items()]
    wrong = [
        (figure, error)
        for figure in figures
        if figure.institution_code in parties
        for error in _check(figure, parties, book, today)
    ]
    rows = _rows(name, content) if wrong else {}
    errors = [_as_error(fault) for fault in strangers]
    errors += [_fault(name, rows[figure.institution_code, figure.quarter], figure, error) for figure, error in wrong]
    if errors:
        raise FileRefused([*errors, *(fault for fault in remarks if fault.rule != UNKNOWN)])
    return figures, remarks


def _fault(name: str, row: int, figure: Figure, error: FieldError) -> Fault:
    value = figure.quarter.last_day.isoformat() if error.field == "quarter" else str(getattr(figure, error.field))
    column = DATE.name if error.field == "quarter" else error.field
    return Fault(name, row, column, value, error.code, "error", error.text)


def _rows(name: str, content: bytes) -> dict[Key, int]:
    """Which row of the file names which institution and quarter end."""
    records = read_records(read_sheet(name, content, most=MOST_ROWS), COLUMNS).records
    return {(record[CODE], Quarter.containing(record[DATE])): record.number for record in records}


def _as_error(fault: Fault) -> Fault:
    text = Text("没有这家机构，请核对代码", "There is no such institution; check the code")
    return Fault(fault.file, fault.row, fault.column, fault.value, fault.rule, "error", text)


def record_figures(
    db: Session, caller: Caller, figures: Iterable[Figure], *, book: PolicyBook, at: datetime, today: date
) -> list[CertifiedBalance]:
    """All figures of a file in one transaction."""
    _require_recorder(caller)
    return [record_balance(db, caller, figure, book=book, at=at, today=today) for figure in figures]
