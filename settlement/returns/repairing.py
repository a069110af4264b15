"""Mend the rows of a refused version, one cell at a time, and file the mended file as the next version."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import PurePath

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, FieldError, Invalid, Refused
from kernel.periods import Quarter
from settlement.returns.confined import repair_confined
from settlement.returns.filing import UNWATCHED, Premises, Upload, Watching, file_return
from settlement.returns.findings import Findings
from settlement.returns.kinds import KINDS
from settlement.returns.mending import still_wrong
from settlement.returns.models import LoanReturn, LoanReturnRepair
from settlement.returns.repairs import LeaveOut, Mend, Repair
from settlement.returns.service import newest, report, require_role, return_by_id
from settlement.returns.typed_cells import broken_rule
from settlement.returns.workflow import REFUSED

WHOLE_ROW = ""
_BESIDE_START = ("maturity_not_after_start", "end_not_after_start")  # told beside the start date


def repairs_of(db: Session, filed: LoanReturn) -> list[LoanReturnRepair]:
    """What was mended in a version so far, in the order of its rows."""
    query = select(LoanReturnRepair).where(LoanReturnRepair.return_id == filed.id)
    return list(db.exec(query.order_by(col(LoanReturnRepair.row), col(LoanReturnRepair.column_name))))


def as_repairs(kept: list[LoanReturnRepair]) -> list[Repair]:
    """The same as intake takes them."""
    return [
        LeaveOut(one.row) if one.column_name == WHOLE_ROW else Mend(one.row, one.column_name, one.value) for one in kept
    ]


def can_be_repaired(db: Session, filed: LoanReturn) -> bool:
    """Whether a version is the newest of its quarter, was refused, and has rows to mend."""
    last = newest(db, filed.institution_id, Quarter.parse(filed.quarter))
    return filed.state == REFUSED and filed.rows > 0 and last is not None and last.id == filed.id


def _repairable(db: Session, caller: Caller, return_id: int) -> LoanReturn:
    require_role(caller, "maker")
    filed = return_by_id(db, caller, return_id)
    if not can_be_repaired(db, filed):
        raise Conflict(
            "not_repairable",
            "这一版不能再改，请看最新的一版",
            "This version can no longer be mended; see the newest one",
        )
    return filed


def mend(
    db: Session, caller: Caller, return_id: int, *, row: int, column: str, value: str, at: datetime
) -> LoanReturnRepair:
    """Note the new text of one cell; Invalid where it breaks the rules still. The filed bytes stay as they are."""
    filed = _repairable(db, caller, return_id)
    wrong = _wrong_with(db, filed, Mend(row, column, value))
    if wrong is not None:
        raise Invalid((FieldError("value", "invalid_value", wrong),))
    return _keep(db, caller, filed, row, column, value, at=at)


def _wrong_with(db: Session, filed: LoanReturn, typed: Mend) -> Text | None:
    """What the same rules that read the file find wrong with a typed cell."""
    sheet = KINDS[filed.kind].sheet
    if typed.column not in sheet.column:
        return Text("没有这一列", "There is no such column")
    kept, errors = as_repairs(repairs_of(db, filed)), report(db, filed).errors
    repairs = [
        one for one in kept if not (isinstance(one, Mend) and one.row == typed.row and one.column == typed.column)
    ]
    repairs.append(typed)
    cells = _known_cells(errors, repairs, typed.row)
    broken = broken_rule(typed.column, cells, Quarter.parse(filed.quarter).last_day, sheet)
    return broken.said() if broken else still_wrong(errors, repairs, typed.row, typed.column)


def _known_cells(errors: Findings, repairs: list[Repair], row: int) -> dict[str, str]:
    """What is known of a row's cells: those an error speaks of, as filed or mended since."""
    found = [one for one in errors.listed if one.row == row and one.column and not one.rule.part]
    cells = {one.column: one.value for one in found}
    beside = next((one.beside for one in found if one.rule.code in _BESIDE_START), "")
    if beside:
        cells.setdefault("start_date", beside)
    return cells | {one.column: one.value for one in repairs if isinstance(one, Mend) and one.row == row}


def leave_out(db: Session, caller: Caller, return_id: int, *, row: int, at: datetime) -> LoanReturnRepair:
    """Note that a row is not filed in this return."""
    return _keep(db, caller, _repairable(db, caller, return_id), row, WHOLE_ROW, "", at=at)


def _keep(
    db: Session, caller: Caller, filed: LoanReturn, row: int, column: str, value: str, *, at: datetime
) -> LoanReturnRepair:
    if (row, column) not in _mendable(db, filed):
        raise Refused(
            "no_such_cell", "这一行没有要改的地方，请刷新页面", "There is nothing to mend in this row; reload"
        )
    _forget(db, filed, row, column)
    assert filed.id is not None
    kept = LoanReturnRepair(
        return_id=filed.id,
        institution_id=filed.institution_id,
        row=row,
        column_name=column,
        value=value,
        mended_by=caller.account_id,
        mended_at=at,
    )
    try:
        with db.begin_nested():
            db.add(kept)
    except IntegrityError:
        raise Conflict("mended_meanwhile", "这一行刚刚有人改过，请刷新", "Somebody has just mended this row") from None
    detail = {"row": row, "column": column}
    act = "return.mend" if column else "return.leave_out"
    record(db, act, by=caller.actor, subject=("return", filed.id), at=at, detail=detail)
    return kept


def _mendable(db: Session, filed: LoanReturn) -> set[tuple[int, str]]:
    """The cells and rows that an error speaks of."""
    found = [one for one in report(db, filed).errors.listed if not one.rule.part]
    return {(one.row, one.column) for one in found if one.column} | {(one.row, WHOLE_ROW) for one in found}


def _forget(db: Session, filed: LoanReturn, row: int, column: str) -> int:
    mine = (col(LoanReturnRepair.return_id) == filed.id) & (col(LoanReturnRepair.row) == row)
    gone = db.execute(delete(LoanReturnRepair).where(mine, col(LoanReturnRepair.column_name) == column))
    return int(gone.rowcount)  # type: ignore[attr-defined]


def undo(db: Session, caller: Caller, return_id: int, *, row: int, column: str, at: datetime) -> None:
    """Take a repair back; taking back what is not there changes nothing."""
    filed = _repairable(db, caller, return_id)
    if _forget(db, filed, row, column):
        detail = {"row": row, "column": column}
        record(db, "return.undo_mend", by=caller.actor, subject=("return", return_id), at=at, detail=detail)


def repairs_to_file(db: Session, caller: Caller, return_id: int) -> list[Repair]:
    """What was mended in a version that may be read again now; Refused where nothing was."""
    repairs = as_repairs(repairs_of(db, _repairable(db, caller, return_id)))
    if not repairs:
        raise Refused("nothing_mended", "还没有改任何一行", "Nothing has been mended yet")
    return repairs


def file_repaired(
    db: Session,
    caller: Caller,
    return_id: int,
    repairs: Sequence[Repair],
    *,
    premises: Premises,
    at: datetime,
    today: date,
    watching: Watching = UNWATCHED,
) -> LoanReturn:
    """Write the file with these repairs and file it as the next version, in transactions of its own."""
    filed = _repairable(db, caller, return_id)
    quarter, name, kind = Quarter.parse(filed.quarter), filed.file_name, KINDS[filed.kind]
    source, events = premises.keeping.archive.path(filed.bytes_digest), _events_of(filed, premises)
    db.rollback()  # the reads are over: files are written outside any transaction
    with premises.keeping.scratch() as scratch:
        into = scratch / "mended.csv"
        tell = partial(watching.told, "mending", 0, 1)
        tell()
        repair_confined(source, name, repairs, into=into, sheet=kind.sheet, tell=tell)
        watching.told("mending", 1, 1)
        return file_return(
            db,
            caller,
            Upload(into, PurePath(name).stem + ".csv"),
            quarter=quarter,
            premises=premises,
            at=at,
            today=today,
            kind=kind,
            events=events,
            repaired_from_id=return_id,
            watching=watching,
        )


def _events_of(filed: LoanReturn, premises: Premises) -> Upload | None:
    """The file beside a version, as it was filed."""
    if filed.events_digest is None:
        return None
    return Upload(premises.keeping.archive.path(filed.events_digest), filed.events_name)
