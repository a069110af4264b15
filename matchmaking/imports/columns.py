"""The columns of the files that are brought: those of the market files, as narrow as the books are, and what the books hold besides."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

from kernel.tables import cells
from kernel.tables.columns import Column
from matchmaking.imports.workflow import CLIENTS, PRODUCTS, REQUESTS
from matchmaking.market_files import columns as at
from matchmaking.marks import COUNTER_GUARANTEES
from matchmaking.products.terms import REPAYMENTS

ONE_YUAN = 100
LONGEST_TERM = 360
NUMBERED_BY_THE_SERVICE = re.compile(r"[PR]\d{6,}", re.IGNORECASE)


def file_id(cell: str) -> str:
    """An id of the sender's own: at most 40 characters, not one that the service hands out (P000123, R000123)."""
    found = cells.text(40)(cell)
    if any(sign in found for sign in ";\r\n\t"):
        raise cells.CellRefused("bad_character", "编号里不能有分号和换行", "An id holds no semicolon or line break")
    return found


def no_number_of_the_service(code: str) -> bool:
    """Whether an id is free for the sender to choose."""
    return NUMBERED_BY_THE_SERVICE.fullmatch(code) is None


def _narrowed(catalogue: tuple[Column[Any], ...], rules: dict[str, Callable[[str], Any]]) -> tuple[Column[Any], ...]:
    return tuple(replace(one, parse=rules[one.name]) if one.name in rules else one for one in catalogue)


def _labels(vocabulary: dict[str, Any]) -> dict[str, str]:
    return {code: label.zh for code, label in vocabulary.items()}


def past_or_present(cell: str) -> date:
    """A day from 1990 on; whether it is still to come is asked where today is known."""
    found = cells.day(cell)
    if found.year < 1990:
        raise cells.CellRefused("out_of_range", "日期太早", "The day is too early")
    return found


REPAYMENT = Column("repayment", "还款方式", cells.one_of(_labels(REPAYMENTS)), None)
DOCUMENTS = Column("documents", "要准备的材料", cells.text(1000), None)
GREEN_CHANNEL = Column("green_channel", "绿色通道", cells.yes_no, None)
DEPOSIT_PERCENT = Column("deposit_percent", "保证金比例(%)", cells.percent("0", "100"), None, is_number=True)
DEPOSIT_REASON = Column("deposit_reason", "收保证金的理由", cells.text(200), None)
COUNTERS = Column("counter_guarantees", "反担保", cells.several(cells.one_of(_labels(COUNTER_GUARANTEES))), None)
# Blank, or no such column: a new product has none of it, an old one keeps what it has.
BESIDES: tuple[Column[Any], ...] = (REPAYMENT, DOCUMENTS, GREEN_CHANNEL, DEPOSIT_PERCENT, DEPOSIT_REASON, COUNTERS)
PRODUCT_COLUMNS = (
    *_narrowed(
        at.PRODUCTS,
        {
            "product_id": file_id,
            "name": cells.text(60),
            "amount_min": cells.yuan_at_least(ONE_YUAN),
            "amount_max": cells.yuan_at_least(ONE_YUAN),
            "term_min": cells.whole_number(1, LONGEST_TERM),
            "term_max": cells.whole_number(1, LONGEST_TERM),
            "promised_days": cells.whole_number(1, 365),
        },
    ),
    *BESIDES,
)

EXISTING_LOANS = Column("existing_loans", "现有贷款(元)", cells.yuan_at_least(0), None, is_number=True)
NOTE = Column("note", "补充说明", cells.text(500), "")
REQUEST_COLUMNS = (
    *_narrowed(
        at.REQUESTS,
        {
            "request_id": file_id,
            "amount": cells.yuan_at_least(ONE_YUAN),
            "term": cells.whole_number(1, LONGEST_TERM),
            "meetings_wanted": cells.whole_number(1, 10),
        },
    ),
    EXISTING_LOANS,
    NOTE,
)

CLIENT_CODE = Column(
    "enterprise_code",
    "企业统一社会信用代码",
    at.CODE,
    warn=cells.doubtful_code,
    aliases=("统一社会信用代码", "信用代码"),
)
CLIENT_SINCE = Column("since", "从哪天起有贷款", past_or_present, aliases=("起始日", "首笔贷款日"))
CLIENT_COLUMNS = (CLIENT_CODE, CLIENT_SINCE)

COLUMNS: dict[str, tuple[Column[Any], ...]] = {
    PRODUCTS: PRODUCT_COLUMNS,
    REQUESTS: REQUEST_COLUMNS,
    CLIENTS: CLIENT_COLUMNS,
}
