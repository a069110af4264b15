"""A file is brought, looked at, and taken whole or dropped. What it would do is worked out anew as it is taken."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, cast

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.clock import business_day
from kernel.errors import Conflict, Forbidden, NotFound
from kernel.tables.columns import Table
from kernel.tables.faults import FileRefused
from kernel.web.paging import Asked, Page, page_of
from matchmaking.guarded import took_effect
from matchmaking.imports import client_lines, product_lines, request_lines
from matchmaking.imports.models import MarketImport
from matchmaking.imports.preview import ImportLine, ImportPreview
from matchmaking.imports.workflow import CLIENTS, IMPORT_MOVES, MAY_BRING, PRODUCTS, REQUESTS
from matchmaking.market_files.reading import FiledRows, MarketFile

LONGEST_NAME = 255


RowsRead = FiledRows[Any] | Table


@dataclass(frozen=True)
class _Kind:
    """How a kind of file is read, looked at and taken."""

    read: Callable[[MarketFile], Any]
    preview: Callable[[Session, Caller, Any, date], ImportPreview]
    take: Callable[[Session, Caller, ImportLine, dict[str, Any], datetime], None]


_KINDS = {
    PRODUCTS: _Kind(product_lines.read, product_lines.preview, product_lines.take),
    REQUESTS: _Kind(request_lines.read, request_lines.preview, request_lines.take),
    CLIENTS: _Kind(client_lines.read, client_lines.preview, client_lines.take),
}


def check_may(caller: Caller, kind: str) -> None:
    """NotFound for an unknown kind, Forbidden for one that the caller may not bring."""
    if kind not in MAY_BRING:
        raise NotFound("import_not_found", "没有这种文件", "There is no such kind of file")
    if caller.role not in MAY_BRING[kind]:
        raise Forbidden("not_yours_to_bring", "这种文件不由你带", "This kind of file is not yours to bring")


def read(kind: str, filed: MarketFile) -> RowsRead:
    """The rows of a file, at most `MOST_ROWS`, with what is wrong in it. Slow, and asks nothing of the books: before any write."""
    return cast(RowsRead, _KINDS[kind].read(filed))


def look(db: Session, caller: Caller, kind: str, filed: MarketFile, *, today: date) -> ImportPreview:
    """What a file would do if it were taken now; keeps nothing. Its faults say why it cannot be taken."""
    check_may(caller, kind)
    return _KINDS[kind].preview(db, caller, read(kind, filed), today)


def bring(db: Session, caller: Caller, kind: str, filed: MarketFile, *, at: datetime) -> MarketImport:
    """Keep a file so that it can be looked at and then taken or dropped."""
    check_may(caller, kind)
    row = MarketImport(
        kind=kind,
        party_id=caller.organisation_id,
        file=filed.name[-LONGEST_NAME:],
        content=filed.content,
        digest=sha256(filed.content).hexdigest(),
        made_at=at,
        made_by=caller.account_id,
    )
    db.add(row)
    db.flush()
    detail = {"kind": kind, "file": row.file, "digest": row.digest}
    record(db, "market_import.bring", by=caller.actor, subject=("market_import", row.id), at=at, detail=detail)
    return row


def own_import(db: Session, caller: Caller, import_id: int) -> MarketImport:
    """A file that the caller's organisation brought; another's is the same NotFound as none."""
    mine = (col(MarketImport.id) == import_id) & (col(MarketImport.party_id) == caller.organisation_id)
    row: MarketImport | None = db.execute(select(MarketImport).where(mine)).scalar()
    if row is None or caller.role not in MAY_BRING[row.kind]:
        raise NotFound("import_not_found", "没有这份文件", "There is no such file")
    return row


def imports_of(db: Session, caller: Caller, kind: str, asked: Asked, *, state: str | None = None) -> Page[MarketImport]:
    """The files of a kind that the caller's organisation brought, of all outcomes or of one, the newest first."""
    check_may(caller, kind)
    mine = (col(MarketImport.party_id) == caller.organisation_id) & (col(MarketImport.kind) == kind)
    if state is not None:
        mine &= col(MarketImport.state) == state
    return page_of(db, select(MarketImport).where(mine).order_by(col(MarketImport.id).desc()), asked)


def preview_of(db: Session, caller: Caller, row: MarketImport, *, today: date) -> ImportPreview:
    """What a kept file would do if it were taken now."""
    return look(db, caller, row.kind, MarketFile(row.file, row.content), today=today)


def read_again(db: Session, caller: Caller, import_id: int) -> RowsRead:
    """The rows of a kept file."""
    row = own_import(db, caller, import_id)
    return read(row.kind, MarketFile(row.file, row.content))


def _settle(db: Session, caller: Caller, row: MarketImport, verb: str, at: datetime) -> None:
    move = IMPORT_MOVES.by_verb[verb]
    waiting = (col(MarketImport.id) == row.id) & col(MarketImport.state).in_(move.sources)
    values = {"state": move.target, "settled_at": at, "settled_by": caller.account_id}
    if not took_effect(db, update(MarketImport).where(waiting).values(values)):
        raise IMPORT_MOVES.refusal(verb, row.state)


def accept(
    db: Session, caller: Caller, import_id: int, *, rows: RowsRead, options: dict[str, Any], at: datetime
) -> ImportPreview:
    """Take every row of a file; FileRefused with all its faults where one of them cannot be taken now.

    `rows` were read from it before (a kept file never changes): what they would do is worked out here once more.
    `options`: for products whether to `publish`; for an organiser's requests `audience`, `until` and `document` of the consents.
    """
    row = own_import(db, caller, import_id)
    _settle(db, caller, row, "accept", at)
    seen = _KINDS[row.kind].preview(db, caller, rows, business_day(at))
    if not seen.can_be_taken:
        raise FileRefused(seen.faults)
    try:
        for line in seen.lines:
            _KINDS[row.kind].take(db, caller, line, options, at)
    except IntegrityError:
        raise Conflict(
            "import_stale", "刚有人动了同样的编号，请再看一遍再收下", "Someone has just used the same ids; look again"
        ) from None
    said = {name: str(value) for name, value in options.items()}
    detail = {"kind": row.kind, "digest": row.digest, "rows": len(seen.lines), **seen.counts, **said}
    record(db, "market_import.accept", by=caller.actor, subject=("market_import", row.id), at=at, detail=detail)
    return seen


def drop(db: Session, caller: Caller, import_id: int, *, at: datetime) -> None:
    """Put a file aside; it brings nothing."""
    row = own_import(db, caller, import_id)
    _settle(db, caller, row, "drop", at)
    record(db, "market_import.drop", by=caller.actor, subject=("market_import", row.id), at=at)
