"""The columns of returns: each by English name and Chinese heading, and what may stand in it; those of the loan return.

Source: the filing formats; the codes are in `codes`, the columns of the guarantee return in `guarantee_columns`.
"""

from dataclasses import dataclass
from enum import Enum

from kernel.bilingual import Text
from settlement.returns.codes import (
    BORROWER_KINDS,
    CLASSIFICATIONS,
    GUARANTEE_KINDS,
    PRODUCT_KINDS,
    PURPOSES,
    REGIONS,
    YES_NO,
    Choice,
)


class CellKind(Enum):
    """How a column is read."""

    TEXT = "text"
    BORROWER_CODE = "borrower_code"
    INSTITUTION_CODE = "institution_code"
    CHOICE = "choice"
    INDUSTRY = "industry"
    CURRENCY = "currency"
    YES_NO = "yes_no"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


# What a spreadsheet harms when it keeps it as a number: its last digits are gone.
KEPT_AS_TEXT = (CellKind.TEXT, CellKind.BORROWER_CODE, CellKind.INSTITUTION_CODE, CellKind.MONEY)


@dataclass(frozen=True)
class ReturnColumn:
    """One column. A column with a `default`, or an optional one, may be blank or absent.

    `longest` is in characters; `most` is the largest percentage and `least` the smallest amount in fen allowed; `unit` may
    follow the heading in brackets; `aliases` are other headings under which the column is known.
    """

    name: str
    heading: Text
    kind: CellKind
    required: bool = True
    choices: tuple[Choice, ...] = ()
    longest: int = 0
    most: int = 0
    default: str | None = None
    unit: str = ""
    least: int = 0
    aliases: tuple[str, ...] = ()

    @property
    def titled(self) -> str:
        """The Chinese heading as templates write it, with the unit of percentages."""
        return f"{self.heading.zh}(%)" if self.kind is CellKind.PERCENT else self.heading.zh


def text(name: str, zh: str, en: str, longest: int, *, required: bool = True) -> ReturnColumn:
    """A column of text of at most so many characters."""
    return ReturnColumn(name, Text(zh, en), CellKind.TEXT, required, longest=longest)


def choice(name: str, zh: str, en: str, choices: tuple[Choice, ...], *aliases: str) -> ReturnColumn:
    """A column of one code out of a closed list."""
    return ReturnColumn(name, Text(zh, en), CellKind.CHOICE, choices=choices, aliases=aliases)


def money(name: str, zh: str, en: str, *, least: int = 0, default: str | None = None) -> ReturnColumn:
    """A column of yuan; optional where it has a default."""
    return ReturnColumn(name, Text(zh, en), CellKind.MONEY, default is None, default=default, unit="元", least=least)


def day(name: str, zh: str, en: str, *aliases: str, required: bool = True) -> ReturnColumn:
    """A column of dates."""
    return ReturnColumn(name, Text(zh, en), CellKind.DATE, required, aliases=aliases)


def yes_no(name: str, zh: str, en: str, *aliases: str) -> ReturnColumn:
    """A column of yes or no, no where it is blank."""
    return ReturnColumn(
        name, Text(zh, en), CellKind.YES_NO, required=False, choices=YES_NO, default="0", aliases=aliases
    )


LOAN_COLUMNS: tuple[ReturnColumn, ...] = (
    text("loan_id", "借据号", "loan id", 64),
    ReturnColumn(
        "borrower_code", Text("借款人统一社会信用代码", "borrower's credit code"), CellKind.BORROWER_CODE, longest=64
    ),
    text("borrower_name", "借款人名称", "borrower's name", 120),
    choice("borrower_kind", "借款人类型", "kind of borrower", BORROWER_KINDS),
    ReturnColumn("industry", Text("行业代码", "industry code"), CellKind.INDUSTRY, required=False),
    choice("region", "区县", "region", REGIONS),
    money("credit_line", "单户授信金额", "borrower's credit line"),
    money("balance", "贷款余额", "balance"),
    ReturnColumn("annual_rate", Text("年利率", "annual rate"), CellKind.PERCENT, most=36, unit="%"),
    day("start_date", "发放日", "start date"),
    day("maturity_date", "到期日", "maturity date"),
    choice("guarantee_kind", "担保方式", "kind of guarantee", GUARANTEE_KINDS),
    choice("classification", "五级分类", "classification", CLASSIFICATIONS),
    choice("purpose", "用途", "purpose", PURPOSES),
    choice("product_kind", "业务品种", "kind of product", PRODUCT_KINDS),
    ReturnColumn("currency", Text("币种", "currency"), CellKind.CURRENCY, required=False, default="CNY"),
    yes_no("first_loan", "是否首贷", "first loan"),
    text("renews", "续贷原借据号", "loan id renewed", 64, required=False),
    ReturnColumn(
        "share", Text("分担比例", "share"), CellKind.PERCENT, required=False, most=100, default="100", unit="%"
    ),
)

COLUMN: dict[str, ReturnColumn] = {column.name: column for column in LOAN_COLUMNS}
