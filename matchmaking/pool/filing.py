"""Nominations and monthly revenue by file: whole file or nothing, with every fault by row and column."""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, Invalid
from kernel.parties.models import SIZE_CLASSES
from kernel.tables import cells
from kernel.tables.columns import Column, Record, Table, read_records
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.reading import read_sheet
from kernel.tables.writing import csv_bytes
from matchmaking.market_files.columns import industry
from matchmaking.matching.vocabulary import SIZES
from matchmaking.pool.models import MonthlyRevenue, PoolEntry
from matchmaking.pool.outlook import month_of
from matchmaking.pool.quota import PoolRules
from matchmaking.pool.scope import COUNTY, INDUSTRY, confirmed_firms
from matchmaking.pool.service import Nomination, may_not, nominate

_MONTH = re.compile(r"(20\d{2})[-/年.]?(0?[1-9]|1[0-2])月?", re.ASCII)


def month(cell: str) -> date:
    """A month as `2022-09`, `202209`, `2022/9` or `2022年9月`: its first day."""
    found = _MONTH.fullmatch(cell.strip())
    if found is None:
        raise cells.CellRefused("not_a_month", f"“{cell}”不是月份，写成 2022-09", f"“{cell}” is not a month: 2022-09")
    return date(int(found[1]), int(found[2]), 1)


CODE = Column(
    "enterprise_code", "统一社会信用代码", cells.text(18), warn=cells.doubtful_code, aliases=("企业代码", "信用代码")
)
NAME = Column("name", "企业名称", cells.text(120), "", aliases=("名称",))
REVENUE = Column("revenue", "上年营业收入(元)", cells.yuan_at_least(0), is_number=True, aliases=("上年主营业务收入",))
YEAR = Column("year", "年度", cells.whole_number(2000, 2100))
INDUSTRY_CODE = Column("industry", "行业", industry, "", aliases=("行业代码",))
SIZE = Column("size_class", "规模", cells.one_of({code: SIZES[code].zh for code in SIZE_CLASSES if code in SIZES}), "")
DOCUMENT = Column("document", "文号", cells.text(200), "")
NOMINATIONS = (CODE, NAME, REVENUE, YEAR, INDUSTRY_CODE, SIZE, DOCUMENT)

MONTH = Column("month", "月份", month)
OF_MONTH = Column("revenue", "当月营业收入(元)", cells.yuan_at_least(0), is_number=True, aliases=("当月主营业务收入",))
REVENUES = (CODE, MONTH, OF_MONTH)


def empty_file(columns: Sequence[Column[Any]]) -> bytes:
    """An empty file with the columns' headings."""
    return csv_bytes([column.heading for column in columns], [])


def _faults_of(table: Table, row: Record, error: DomainError) -> list[Fault]:
    if isinstance(error, Invalid):
        return [Fault(table.file, row.number, one.field, "", one.code, "error", one.text) for one in error.errors]
    return [Fault(table.file, row.number, CODE.name, row[CODE], error.code, "error", error.text)]


def _every_row(table: Table, take: Callable[[Record], object]) -> None:
    """Do the same with every row; if any is refused the whole file is, with the reasons of all."""
    faults: list[Fault] = []
    for row in table.records:
        try:
            take(row)
        except DomainError as error:
            faults += _faults_of(table, row, error)
    if faults:
        raise FileRefused([*faults, *table.faults])


def read_nominations(name: str, content: bytes, *, most: int | None = None) -> Table:
    """The rows of a file of nominations, refused for more than `most`; parse before the transaction opens."""
    return read_records(read_sheet(name, content, most=most), NOMINATIONS, key=CODE)


def nominate_rows(
    db: Session, caller: Caller, table: Table, *, rules: PoolRules, at: datetime, today: date
) -> list[PoolEntry]:
    """Nominate every firm of a file, or none."""
    made: list[PoolEntry] = []

    def take(row: Record) -> None:
        said = Nomination(
            code=row[CODE],
            revenue=row[REVENUE],
            year=row[YEAR],
            name=row[NAME],
            industry=row[INDUSTRY_CODE],
            size_class=row[SIZE],
            document=row[DOCUMENT],
        )
        made.append(nominate(db, caller, said, rules=rules, at=at, today=today))

    _every_row(table, take)
    return made


def read_revenues(name: str, content: bytes, *, most: int | None = None) -> Table:
    """The rows of a file of monthly revenue, refused for more than `most`; one row a firm and month."""
    table = read_records(read_sheet(name, content, most=most), REVENUES)
    first: dict[tuple[str, date], int] = {}
    faults = []
    for row in table.records:
        key = (row[CODE], row[MONTH])
        if key in first:
            text = Text(f"和第 {first[key]} 行是同一家同一月", f"The same firm and month as row {first[key]}")
            faults.append(Fault(table.file, row.number, MONTH.name, f"{row[MONTH]:%Y-%m}", "repeated", "error", text))
        first.setdefault(key, row.number)
    if faults:
        raise FileRefused(faults)
    return table


def file_revenues(db: Session, caller: Caller, table: Table, *, at: datetime, today: date) -> int:
    """Keep the monthly revenue of a file, a correction as the next number of its month; how many figures are new or changed.

    A county files for its own firms, the industry bureau for every county. All rows or none.
    """
    if caller.role not in (COUNTY, INDUSTRY):
        raise may_not()
    firms, newest = confirmed_firms(db, caller), _newest(db, {row[MONTH] for row in table.records})
    made: list[MonthlyRevenue] = []

    def take(row: Record) -> None:
        firm = _firm_of(firms, row, today)
        number, figure = newest.get((firm, row[MONTH]), (0, None))
        if figure != row[OF_MONTH]:
            said: dict[str, Any] = {"enterprise_id": firm, "month": row[MONTH], "revenue": row[OF_MONTH]}
            made.append(MonthlyRevenue(**said, number=number + 1, at=at, account_id=caller.account_id))

    _every_row(table, take)
    try:
        with db.begin_nested():
            db.add_all(made)
    except IntegrityError:
        raise Conflict(
            "revenues_moved",
            "刚有人报过同一家同一月，请再报一次",
            "Someone has just filed a figure of the same firm and month; file again",
        ) from None
    detail = {"file": table.file, "rows": len(table.records), "changed": len(made)}
    record(db, "pool.file_revenues", by=caller.actor, subject=("monthly_revenue", table.file), at=at, detail=detail)
    return len(made)


def _firm_of(firms: Mapping[str, int], row: Record, today: date) -> int:
    if row[CODE] not in firms:
        raise cells.CellRefused("enterprise_not_found", "没有登记这家企业", "There is no such enterprise")
    if row[MONTH] >= month_of(today):
        raise cells.CellRefused("month_not_over", "这个月还没有过完", "This month is not over yet")
    return firms[row[CODE]]


def _newest(db: Session, months: Collection[date]) -> dict[tuple[int, date], tuple[int, int]]:
    """The newest number and figure of every firm in some months, read once for all rows of a file."""
    columns = [col(getattr(MonthlyRevenue, name)) for name in ("enterprise_id", "month", "number", "revenue")]
    rows = db.execute(select(*columns).where(col(MonthlyRevenue.month).in_(months)).order_by(columns[2]))
    return {(firm, of_month): (number, revenue) for firm, of_month, number, revenue in rows}
