"""The certified balances of the 人民银行 branch: the base of payment, the returns being the control."""

from collections.abc import Collection

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.cells import day, text, yuan_at_least
from kernel.tables.columns import Column, Record, Table, read_records
from kernel.tables.faults import Fault, FileRefused, Severity
from kernel.tables.reading import read_sheet
from settlement.growth_reward import CertifiedFigure

CODE = Column("institution_code", "机构代码", text(18))
DATE = Column("date", "日期", day)
BALANCE = Column("balance", "核定余额", yuan_at_least(0), is_number=True)
DOCUMENT = Column("document", "文号", text(120))
COLUMNS = (CODE, DATE, BALANCE, DOCUMENT)

CertifiedFigures = dict[tuple[str, Quarter], CertifiedFigure]


def _fault(table: Table, record: Record, column: str, rule: str, severity: Severity, wrong: Text) -> Fault:
    value = str(record.values[column])
    return Fault(table.file, record.number, column, value, rule, severity, wrong)


def _not_a_quarter_end(table: Table, record: Record) -> Fault | None:
    if Quarter.containing(record[DATE]).last_day == record[DATE]:
        return None
    wrong = Text("核定余额的日期应是季末", "A certified balance is of a quarter end")
    return _fault(table, record, DATE.name, "not_quarter_end", "error", wrong)


def _key(record: Record) -> tuple[str, Quarter]:
    return record[CODE], Quarter.containing(record[DATE])


def _repeated(table: Table) -> list[Fault]:
    first: dict[tuple[str, Quarter], int] = {}
    faults = []
    for record in table.records:
        row = first.setdefault(_key(record), record.number)
        if row != record.number:
            wrong = Text(f"同一机构同一季末在第 {row} 行已有核定余额", f"Row {row} already certifies this quarter end")
            faults.append(_fault(table, record, CODE.name, "repeated", "error", wrong))
    return faults


def _strangers(table: Table, institutions: Collection[str]) -> list[Fault]:
    wrong = Text(
        "机构清单里没有这个机构，这一行没有用到", "The institutions file does not list it; the row is not used"
    )
    unknown = [record for record in table.records if record[CODE] not in institutions]
    return [_fault(table, record, CODE.name, "unknown_institution", "warning", wrong) for record in unknown]


def read_certified(
    file: str, content: bytes, institutions: Collection[str], *, most: int | None = None
) -> tuple[CertifiedFigures, list[Fault]]:
    """Certified figures by institution and quarter, and warnings; raises `FileRefused` with every error, or for over `most` rows."""
    table = read_records(read_sheet(file, content, most=most), COLUMNS)
    wrong = [fault for record in table.records if (fault := _not_a_quarter_end(table, record))] + _repeated(table)
    if wrong:
        raise FileRefused([*wrong, *table.faults])
    figures = {_key(record): CertifiedFigure(record[BALANCE], record[DOCUMENT]) for record in table.records}
    return figures, [*table.faults, *_strangers(table, institutions)]
