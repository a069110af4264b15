"""A pool's statement for one month: what was there, what came, what went, what is there. Fen; by the day of booking."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import xlsxwriter
from sqlalchemy import func
from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.ledger.balances import AsOf
from kernel.ledger.models import Posting, PostingGroup
from matchmaking.bridging import books
from matchmaking.bridging.models import BridgingPool
from matchmaking.bridging.pools import PoolBalance, balance_of, pool_name

ONE_DAY = timedelta(days=1)
LINES = {
    "contribute": Text("出资", "Contributed"),
    "take_back": Text("收回出资", "Contributions taken back"),
    "pay_out": Text("垫付", "Paid out"),
    "back": Text("收回本金", "Principal back"),
    "regain": Text("核销后收回", "Regained after a write-off"),
    "fee": Text("占用费", "Fees"),
}


@dataclass(frozen=True)
class PoolStatement:
    """One month of one pool: the balances before and after, the cash that moved by kind, and what was written off."""

    pool: BridgingPool
    first: date
    last: date
    opening: PoolBalance
    closing: PoolBalance
    moved: Mapping[str, int]
    written_off: int

    @property
    def month(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def lines(self) -> list[tuple[Text, int]]:
        """The kinds of moves in their order, those of nothing included."""
        return [(title, self.moved.get(act, 0)) for act, title in LINES.items()]

    @property
    def adds_up(self) -> bool:
        """Whether opening cash and all that moved give the closing cash."""
        return self.opening.cash + sum(fen for _, fen in self.lines) == self.closing.cash


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    first = day.replace(day=1)
    return first, (first + timedelta(days=31)).replace(day=1) - ONE_DAY


def statement_of(db: Session, pool: BridgingPool, day: date) -> PoolStatement:
    """The statement of the month in which the day lies."""
    first, last = month_of(day)
    moved = _cash_moved(db, pool, first, last)
    return PoolStatement(
        pool=pool,
        first=first,
        last=last,
        opening=balance_of(db, pool, AsOf(booked_on=first - ONE_DAY)),
        closing=balance_of(db, pool, AsOf(booked_on=last)),
        moved=moved,
        written_off=moved.get("loss", 0),
    )


def _cash_moved(db: Session, pool: BridgingPool, first: date, last: date) -> dict[str, int]:
    query = select(PostingGroup.act, func.sum(Posting.amount)).where(
        col(Posting.group_id) == col(PostingGroup.id),
        col(PostingGroup.book) == pool.book,
        col(PostingGroup.booked_on).between(first, last),
        col(Posting.account).in_([books.CASH, books.PROMISED]),
    )
    return {act: int(fen) for act, fen in db.exec(query.group_by(PostingGroup.act))}


def workbook_of(statement: PoolStatement) -> bytes:
    """The statement as XLSX; the closing cash is a formula over the lines above it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties({"created": _as_moment(statement.last)})
        sheet, money = workbook.add_worksheet(statement.month), workbook.add_format({"num_format": "#,##0.00"})
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 1, 20)
        name = pool_name(statement.pool.region)
        sheet.write_string(0, 0, f"{name.zh} {statement.month}（元）/ {name.en} (yuan)")
        rows = [(Text("期初现金", "Opening cash"), statement.opening.cash), *statement.lines]
        for row, (title, fen) in enumerate(rows, start=1):
            sheet.write_string(row, 0, f"{title.zh} {title.en}")
            sheet.write_number(row, 1, _yuan(fen), money)
        end = len(rows) + 1
        sheet.write_string(end, 0, "期末现金 Closing cash")
        sheet.write_formula(end, 1, f"=SUM(B2:B{end})", money, _yuan(statement.closing.cash))
        _write_rest(sheet, money, end + 1, statement)
    return made.getvalue()


def _write_rest(sheet: "xlsxwriter.worksheet.Worksheet", money: object, row: int, statement: PoolStatement) -> None:
    rest = [
        ("其中已批未付 Promised, not yet paid", statement.closing.promised),
        ("期末在外 Out at the end", statement.closing.out),
        ("本月核销 Written off", statement.written_off),
        ("资金池净额 Capital", statement.closing.capital),
    ]
    for place, (title, fen) in enumerate(rest, start=row):
        sheet.write_string(place, 0, title)
        sheet.write_number(place, 1, _yuan(fen), money)


def _yuan(fen: int) -> Decimal:
    return Decimal(fen) / 100


def _as_moment(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a file's date has no zone
