"""Loan returns: the rows of a book on a quarter's last day, and the three files that differ from plain CSV on purpose."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

from config.demonstration import files
from config.demonstration.loans import Loan
from kernel.money import yuan
from kernel.periods import Quarter
from kernel.regions import OUTSIDE, REGIONS

HEADINGS: Final = {
    "loan_id": "借据号",
    "borrower_code": "借款人统一社会信用代码",
    "borrower_name": "借款人名称",
    "borrower_kind": "借款人类型",
    "industry": "行业代码",
    "region": "区县",
    "credit_line": "单户授信金额",
    "balance": "贷款余额",
    "annual_rate": "年利率(%)",
    "start_date": "发放日",
    "maturity_date": "到期日",
    "guarantee_kind": "担保方式",
    "classification": "五级分类",
    "purpose": "用途",
    "product_kind": "业务品种",
    "currency": "币种",
    "first_loan": "是否首贷",
    "renews": "续贷原借据号",
}
COLUMNS: Final = tuple(HEADINGS)
_BALANCE = COLUMNS.index("balance")
_REGION = COLUMNS.index("region")
_FIRST_LOAN = COLUMNS.index("first_loan")
_REGION_NAMES = {region.code: region.name.zh for region in (*REGIONS, OUTSIDE)}
_FULL_WIDTH = str.maketrans("0123456789.", "０１２３４５６７８９．")

Row = Sequence[str]

# Which return is written how; all others are UTF-8 CSV with English headings.
GB18030: Final = ("shahe", Quarter(2022, 3))
XLSX: Final = ("xiangshan", Quarter(2022, 2))
PARQUET: Final = ("ruci", Quarter(2022, 4))


def rows(loans: Iterable[Loan]) -> list[Row]:
    """One row a loan, by loan id."""
    return [_row(loan) for loan in sorted(loans, key=lambda loan: loan.loan_id)]


def _row(loan: Loan) -> Row:
    client = loan.client
    return (
        loan.loan_id,
        client.code,
        client.name,
        client.kind,
        client.industry,
        client.region,
        yuan(client.line),
        yuan(loan.balance),
        f"{loan.rate // 100}.{loan.rate % 100:02d}",
        loan.start.isoformat(),
        loan.maturity.isoformat(),
        loan.guarantee,
        loan.classification,
        loan.purpose,
        loan.product_kind,
        loan.currency,
        "Y" if loan.first_loan else "N",
        loan.renews,
    )


def write(folder: Path, slug: str, code: str, quarter: Quarter, loans: Iterable[Loan]) -> None:
    """The return of one institution and quarter, in the format planned for it."""
    stem, found = folder / f"{code}_{quarter}_loans", rows(loans)
    match (slug, quarter):
        case pair if pair == GB18030:
            files.write_csv(stem.with_suffix(".csv"), tuple(HEADINGS.values()), _as_typed_in(found), encoding="gb18030")
        case pair if pair == XLSX:
            files.write_xlsx(stem.with_suffix(".xlsx"), HEADINGS, found)
        case pair if pair == PARQUET:
            files.write_parquet(stem.with_suffix(".parquet"), COLUMNS, found)
        case _:
            files.write_csv(stem.with_suffix(".csv"), COLUMNS, found)


def _as_typed_in(found: Iterable[Row]) -> list[Row]:
    """Regions by name, 是 and 否, and every 21st balance in full-width digits, as from an older system."""
    return [_typed_in(row, full_width=number % 21 == 0) for number, row in enumerate(found, 1)]


def _typed_in(row: Row, *, full_width: bool) -> Row:
    cells = list(row)
    cells[_REGION] = _REGION_NAMES[cells[_REGION]]
    cells[_FIRST_LOAN] = "是" if cells[_FIRST_LOAN] == "Y" else "否"
    if full_width:
        cells[_BALANCE] = cells[_BALANCE].translate(_FULL_WIDTH)
    return cells
