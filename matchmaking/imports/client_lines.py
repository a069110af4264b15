"""Prior clients by file: rows are put on the bank's list, those already there with another day change it; nobody is taken off."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.credit_code import CodeCheck, check
from kernel.tables.columns import Record, Table, read_records
from kernel.tables.faults import FileRefused
from matchmaking.clients import service
from matchmaking.clients.reading import since_when
from matchmaking.imports.columns import CLIENT_CODE, CLIENT_COLUMNS, CLIENT_SINCE
from matchmaking.imports.preview import ImportLine, ImportPreview, RowFaults
from matchmaking.imports.workflow import MOST_ROWS
from matchmaking.market_files.reading import MarketFile, sheet_of


def read(filed: MarketFile) -> Table:
    """The rows of a file with what is wrong in it; asks nothing of the books."""
    try:
        return read_records(sheet_of(filed, MOST_ROWS), CLIENT_COLUMNS, key=CLIENT_CODE)
    except FileRefused as refusal:
        return Table(filed.name, (), refusal.faults)


def _words(since: date) -> Text:
    return Text(f"{since} 起", f"since {since}")


def _line(row: Record, listed: dict[str, date], faults: RowFaults, today: date) -> ImportLine:
    code, since = row[CLIENT_CODE], row[CLIENT_SINCE]
    if check(code) is CodeCheck.MALFORMED:
        zh, en = "统一社会信用代码是 18 位数字和大写字母", "A credit code has 18 digits and capital letters"
        faults.add(row.number, CLIENT_CODE, code, "code_malformed", zh, en)
    if since > today:
        zh, en = "日期不能晚于今天", "The day cannot be later than today"
        faults.add(row.number, CLIENT_SINCE, since, "out_of_range", zh, en)
    return ImportLine(row.number, code, "", service.action_of(listed.get(code), since), _words(since), since)


def preview(db: Session, caller: Caller, table: Table, today: date) -> ImportPreview:
    """What the file would do to the list of the caller's bank."""
    faults = RowFaults(table.file, table.faults)
    listed = since_when(db, caller.organisation_id, [row[CLIENT_CODE] for row in table.records])
    return faults.preview([_line(row, listed, faults, today) for row in table.records])


def take(db: Session, caller: Caller, line: ImportLine, _options: dict[str, Any], at: datetime) -> None:
    """Put the firm on the list, or change its day."""
    service.put(db, caller, code=line.key, since=line.value, at=at)
