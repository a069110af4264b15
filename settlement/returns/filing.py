"""File a return: store the bytes, read them in a confined child, then one short transaction that enters the next version.

Nothing is read inside a transaction (reliability rules 4 and 11), so these functions open their own and are called by views
declared with `transaction="own"`, by commands and by the demonstration.
"""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
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
from settlement.calendar import reported_quarters
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.cache import SumsCache
from settlement.engine.definition import definition_in_force
from settlement.engine.machines import DuckDB
from settlement.returns.confined import Answer, Asked, read_confined
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn, LoanReturnReport
from settlement.returns.report import to_json
from settlement.returns.service import newest, next_version, require_role
from settlement.returns.workflow import FILED, REFUSED

LONGEST_NAME = 200


@dataclass(frozen=True)
class Premises:
    """Where returns are kept and by which policies they are looked at."""

    keeping: Keeping
    book: PolicyBook
    cache: SumsCache


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
class TakenIn:
    """A file as stored and read, ready to be entered."""

    quarter: Quarter
    name: str
    size: int
    bytes_digest: str
    answer: Answer
    eligible: int | None


def check_may_file(db: Session, caller: Caller, quarter: Quarter, *, book: PolicyBook, today: date) -> str:
    """The institution's code; Refused for a guarantor, a quarter outside the policy or one that has not ended."""
    require_role(caller, "maker")
    party, institution = institution_by_id(db, caller.organisation_id)
    if institution.kind in GUARANTOR_KINDS:
        raise Refused("no_loan_return", "担保机构不报贷款明细", "A guarantor files no loan return")
    if quarter not in reported_quarters(book):
        raise Refused(
            "quarter_not_reported", f"{quarter} 不在报送范围里", f"{quarter} is not one of the quarters to report"
        )
    if quarter.last_day >= today:
        raise Refused(
            "quarter_not_over",
            f"{quarter} 还没有结束，{quarter.last_day} 以后才能报送",
            f"{quarter} has not ended; file after {quarter.last_day}",
        )
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
    repaired_from: LoanReturn | None = None,
) -> LoanReturn:
    """The next version of the caller's return, `filed` if it has no error and `refused` otherwise; in transactions of its own.

    The same bytes again are no new version: the newest one is given back.
    """
    code = check_may_file(db, caller, quarter, book=premises.book, today=today)
    bytes_digest = premises.keeping.archive.put(upload.source)
    before = newest(db, caller.organisation_id, quarter)
    if before is not None and before.bytes_digest == bytes_digest:
        return before
    taken = _take_in(db, caller, upload, quarter, code, bytes_digest, premises)
    try:
        return database.write(db, lambda db: _enter(db, caller, taken, at=at, repaired_from=repaired_from))
    except IntegrityError as error:
        raise Conflict(
            "filed_meanwhile",
            "同一季度刚刚有另一份报表报上来，请刷新后再报",
            "Another version of this quarter was filed just now; reload and file again",
        ) from error


def _take_in(
    db: Session,
    caller: Caller,
    upload: Upload,
    quarter: Quarter,
    code: str,
    bytes_digest: str,
    premises: Premises,
) -> TakenIn:
    keeping, source = premises.keeping, premises.keeping.archive.path(bytes_digest)
    last = newest(db, caller.organisation_id, quarter.previous, accepted=True)
    db.rollback()  # the read is over: no transaction stays open while the file is read
    with keeping.scratch() as scratch:
        asked = Asked(
            source=source,
            file=upload.kept_name,
            institution_code=code,
            quarter=quarter,
            into=scratch / "tape.parquet",
            previous=keeping.tape(last.row_digest) if last and last.row_digest else None,
        )
        answer = read_confined(asked)
        if answer.row_digest:
            keeping.keep_tape(asked.into, answer.row_digest)
    size = source.stat().st_size
    return TakenIn(quarter, upload.kept_name, size, bytes_digest, answer, _eligible(answer, quarter, premises))


def _eligible(answer: Answer, quarter: Quarter, premises: Premises) -> int | None:
    if answer.row_digest is None:
        return None
    tape = Tape(premises.keeping.tape(answer.row_digest), answer.row_digest)
    definition = definition_in_force(premises.book, quarter.last_day)
    return reconciliations([tape], definition, DuckDB(), premises.cache)[tape.digest].eligible


def _kept_total(answer: Answer) -> int:
    """The filed total; that of a refused file is shown only, so it is cut where the books could not hold it."""
    if answer.row_digest is not None and answer.total > MAX_FEN:
        raise Refused(
            "total_out_of_range",
            "报表余额合计超出系统能记的范围，请检查是否把元写成了分",
            "The return's total is beyond what the books can hold; check whether fen were written as yuan",
        )
    return max(0, min(answer.total, MAX_FEN))


def _enter(
    db: Session, caller: Caller, taken: TakenIn, *, at: datetime, repaired_from: LoanReturn | None
) -> LoanReturn:
    answer = taken.answer
    filed = LoanReturn(
        institution_id=caller.organisation_id,
        quarter=str(taken.quarter),
        version=next_version(db, caller.organisation_id, taken.quarter),
        state=FILED if answer.row_digest else REFUSED,
        file_name=taken.name,
        format=answer.format,
        encoding=answer.encoding,
        sheet=answer.sheet[:120],
        size=taken.size,
        bytes_digest=taken.bytes_digest,
        row_digest=answer.row_digest,
        rows=answer.rows,
        borrowers=answer.borrowers,
        total=_kept_total(answer),
        eligible=taken.eligible,
        errors=answer.report.error_count,
        warnings=answer.report.warnings.total,
        repaired_from_id=repaired_from.id if repaired_from else None,
        filed_by=caller.account_id,
        filed_at=at,
    )
    db.add(filed)
    db.flush()
    assert filed.id is not None
    db.add(LoanReturnReport(return_id=filed.id, institution_id=filed.institution_id, content=to_json(answer.report)))
    db.flush()
    record(
        db,
        "return.file" if answer.row_digest else "return.refuse",
        by=caller.actor,
        subject=("return", filed.id),
        at=at,
        detail={
            "quarter": filed.quarter,
            "version": filed.version,
            "bytes_digest": filed.bytes_digest,
            "row_digest": filed.row_digest or "",
            "errors": filed.errors,
            "warnings": filed.warnings,
        },
    )
    return filed
