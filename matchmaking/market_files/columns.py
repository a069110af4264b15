"""The columns of the market files: English name, Chinese heading, rule. Templates, readers and documentation use these."""

from datetime import date

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.regions import OUTSIDE, find_region
from kernel.tables import cells
from kernel.tables.columns import Column
from matchmaking.matching.market import MEETINGS_WANTED
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, SECTIONS, SIZES, TAGS

EARLIEST = date(2000, 1, 1)
LONGEST_TERM = 600
MOST_DESKS = 1000
ONE_FEN = 1


def _labels(vocabulary: dict[str, Text]) -> dict[str, str]:
    return {code: label.zh for code, label in vocabulary.items()}


def region(cell: str) -> str:
    """A fiscal region by code or name, or outside the city."""
    found = OUTSIDE if cell.strip().lower() in OUTSIDE.spellings else find_region(cell)
    if found is None:
        raise cells.CellRefused("unknown_region", f"“{cell}”不是本市区县", f"“{cell}” is not a region of the city")
    return found.code


def industry(cell: str) -> str:
    """A GB/T 4754 section, alone or followed by 2 to 4 digits."""
    code = cell.strip().upper()
    if code[:1] not in SECTIONS or (
        code[1:] and not (code[1:].isdigit() and code.isascii() and 2 <= len(code[1:]) <= 4)
    ):
        raise cells.CellRefused(
            "unknown_industry",
            f"“{cell}”不是行业门类 A–T 或其后加 2–4 位数字",
            f"“{cell}” is not a section A–T with digits",
        )
    return code


def section(cell: str) -> str:
    """The section of an industry code."""
    return industry(cell)[:1]


def moment(cell: str) -> str:
    """When a request came in: a day, with or without a time, kept as sortable text."""
    first, _, rest = cell.replace("T", " ").partition(" ")
    try:
        return f"{cells.day(first).isoformat()} {rest.strip()}".strip()
    except DomainError:
        raise cells.CellRefused(
            "not_a_date", f"“{cell}”不是日期，写成 2022-06-10", f"“{cell}” is not a date: write 2022-06-10"
        ) from None


CODE = cells.text(64)
NAME = cells.text(120)
KINDS = cells.several(cells.one_of(_labels(GUARANTEE_KINDS)))
TAG_LIST = cells.several(cells.one_of(_labels(TAGS)))
RATE = cells.percent("0", "36")
TERM = cells.whole_number(1, LONGEST_TERM)
AMOUNT = cells.yuan_at_least(ONE_FEN)
NOTHING: frozenset[str] = frozenset()
NOBODY: tuple[str, ...] = ()

INSTITUTION_CODE = Column("institution_code", "机构代码", CODE, warn=cells.doubtful_code, aliases=("统一社会信用代码",))
BANK_NAME = Column("name", "机构名称", NAME, aliases=("名称", "银行名称"))
DESKS = Column("desks", "洽谈桌数", cells.whole_number(1, MOST_DESKS), is_number=True, aliases=("桌数",))
SEATS = Column("seats", "本场最多场次", cells.whole_number(0, 100_000), None, is_number=True, aliases=("席位",))
BANKS = (INSTITUTION_CODE, BANK_NAME, DESKS, SEATS)

PRODUCT_ID = Column("product_id", "产品编号", CODE)
OFFERING_BANK = Column("institution_code", "机构代码", CODE, aliases=("统一社会信用代码",))
PRODUCT_NAME = Column("name", "产品名称", NAME, aliases=("名称",))
AMOUNT_MIN = Column("amount_min", "最低金额(元)", cells.yuan_at_least(0), is_number=True)
AMOUNT_MAX = Column("amount_max", "最高金额(元)", AMOUNT, is_number=True)
TERM_MIN = Column("term_min", "最短期限(月)", cells.whole_number(0, LONGEST_TERM), is_number=True)
TERM_MAX = Column("term_max", "最长期限(月)", TERM, is_number=True)
RATE_MIN = Column("rate_min", "最低年利率(%)", RATE, is_number=True)
RATE_MAX = Column("rate_max", "最高年利率(%)", RATE, is_number=True)
ACCEPTED_KINDS = Column("guarantee_kinds", "担保方式", KINDS)
INDUSTRIES = Column("industries", "适用行业", cells.several(section), NOTHING)
PRODUCT_REGIONS = Column("regions", "适用区县", cells.several(region), NOTHING)
PRODUCT_PURPOSES = Column("purposes", "适用用途", cells.several(cells.one_of(_labels(PURPOSES))), NOTHING)
REQUIRED_TAGS = Column("required_tags", "适用对象", TAG_LIST, NOTHING)
PROMISED_DAYS = Column("promised_days", "承诺办结工作日", cells.whole_number(0, 365), is_number=True)
VALID_FROM = Column("valid_from", "有效期起", cells.day, None)
VALID_TO = Column("valid_to", "有效期止", cells.day, None)
QUOTA = Column("quota", "剩余额度(元)", cells.yuan_at_least(0), None, is_number=True)
PRODUCTS = (
    *(PRODUCT_ID, OFFERING_BANK, PRODUCT_NAME, AMOUNT_MIN, AMOUNT_MAX, TERM_MIN, TERM_MAX, RATE_MIN, RATE_MAX),
    *(ACCEPTED_KINDS, INDUSTRIES, PRODUCT_REGIONS, PRODUCT_PURPOSES, REQUIRED_TAGS, PROMISED_DAYS),
    *(VALID_FROM, VALID_TO, QUOTA),
)

REQUEST_ID = Column("request_id", "需求编号", CODE)
ENTERPRISE_CODE = Column(
    "enterprise_code", "企业统一社会信用代码", CODE, warn=cells.doubtful_code, aliases=("统一社会信用代码",)
)
ENTERPRISE_NAME = Column("enterprise_name", "企业名称", NAME)
REQUEST_AMOUNT = Column("amount", "金额(元)", AMOUNT, is_number=True, aliases=("需求金额",))
REQUEST_TERM = Column("term", "期限(月)", TERM, is_number=True)
RATE_CEILING = Column("rate_ceiling", "可接受最高年利率(%)", RATE, is_number=True)
OFFERED_KINDS = Column("guarantee_kinds", "可提供担保方式", KINDS, aliases=("担保方式",))
INDUSTRY = Column("industry", "行业代码", industry, "")
REGION = Column("region", "区县", region)
PURPOSE = Column("purpose", "用途", cells.one_of(_labels(PURPOSES)))
HELD_TAGS = Column("tags", "企业标签", TAG_LIST, NOTHING)
NEEDED_BY = Column("needed_by", "最迟用款日", cells.day, None)
SUBMITTED_AT = Column("submitted_at", "提交日期", moment, "")
WANTED = Column("meetings_wanted", "希望场次", cells.whole_number(0, 50), MEETINGS_WANTED, is_number=True)
PREFERRED = Column("preferred_institutions", "意向机构", cells.ranked(CODE), NOBODY)
VETOED = Column("vetoed_institutions", "回避机构", cells.several(CODE), NOTHING)
SIZE = Column("size", "企业规模", cells.one_of(_labels(SIZES)), "")
REQUESTS = (
    *(REQUEST_ID, ENTERPRISE_CODE, ENTERPRISE_NAME, REQUEST_AMOUNT, REQUEST_TERM, RATE_CEILING, OFFERED_KINDS),
    *(INDUSTRY, REGION, PURPOSE, HELD_TAGS, NEEDED_BY, SUBMITTED_AT, WANTED, PREFERRED, VETOED, SIZE),
)
