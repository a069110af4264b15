"""The catalogue of a loan return: each column by English name and Chinese heading, and what may stand in it.

Source: the filing format of the loan return; the codes are in `codes`.
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


class Kind(Enum):
    """How a column is read."""

    TEXT = "text"
    BORROWER_CODE = "borrower_code"
    CHOICE = "choice"
    INDUSTRY = "industry"
    CURRENCY = "currency"
    YES_NO = "yes_no"
    MONEY = "money"
    PERCENT = "percent"
    DATE = "date"


@dataclass(frozen=True)
class Column:
    """One column. A column with a `default`, or an optional one, may be blank or absent.

    `longest` is in characters; `most` is the largest percentage allowed; `unit` may follow the heading in brackets.
    """

    name: str
    heading: Text
    kind: Kind
    required: bool = True
    choices: tuple[Choice, ...] = ()
    longest: int = 0
    most: int = 0
    default: str | None = None
    unit: str = ""

    @property
    def titled(self) -> str:
        """The Chinese heading as templates write it, with the unit of percentages."""
        return f"{self.heading.zh}(%)" if self.kind is Kind.PERCENT else self.heading.zh


def _text(name: str, zh: str, en: str, longest: int, *, required: bool = True) -> Column:
    return Column(name, Text(zh, en), Kind.TEXT, required, longest=longest)


def _choice(name: str, zh: str, en: str, choices: tuple[Choice, ...]) -> Column:
    return Column(name, Text(zh, en), Kind.CHOICE, choices=choices)


def _money(name: str, zh: str, en: str) -> Column:
    return Column(name, Text(zh, en), Kind.MONEY, unit="元")


def _date(name: str, zh: str, en: str) -> Column:
    return Column(name, Text(zh, en), Kind.DATE)


LOAN_COLUMNS: tuple[Column, ...] = (
    _text("loan_id", "借据号", "loan id", 64),
    Column("borrower_code", Text("借款人统一社会信用代码", "borrower's credit code"), Kind.BORROWER_CODE, longest=64),
    _text("borrower_name", "借款人名称", "borrower's name", 120),
    _choice("borrower_kind", "借款人类型", "kind of borrower", BORROWER_KINDS),
    Column("industry", Text("行业代码", "industry code"), Kind.INDUSTRY, required=False),
    _choice("region", "区县", "region", REGIONS),
    _money("credit_line", "单户授信金额", "borrower's credit line"),
    _money("balance", "贷款余额", "balance"),
    Column("annual_rate", Text("年利率", "annual rate"), Kind.PERCENT, most=36, unit="%"),
    _date("start_date", "发放日", "start date"),
    _date("maturity_date", "到期日", "maturity date"),
    _choice("guarantee_kind", "担保方式", "kind of guarantee", GUARANTEE_KINDS),
    _choice("classification", "五级分类", "classification", CLASSIFICATIONS),
    _choice("purpose", "用途", "purpose", PURPOSES),
    _choice("product_kind", "业务品种", "kind of product", PRODUCT_KINDS),
    Column("currency", Text("币种", "currency"), Kind.CURRENCY, required=False, default="CNY"),
    Column("first_loan", Text("是否首贷", "first loan"), Kind.YES_NO, required=False, choices=YES_NO, default="0"),
    _text("renews", "续贷原借据号", "loan id renewed", 64, required=False),
    Column("share", Text("分担比例", "share"), Kind.PERCENT, required=False, most=100, default="100", unit="%"),
)

COLUMN: dict[str, Column] = {column.name: column for column in LOAN_COLUMNS}
