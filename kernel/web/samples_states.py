"""Made-up data for the states on the living page that are easily forgotten: errors, emptiness, lateness, an act without a sum."""

from typing import Any

from kernel.bilingual import Text
from kernel.tables.faults import Fault
from kernel.web.paging import Page

Row = dict[str, Any]

ERRORS = {
    "state-firm": Text("写全称，和营业执照上一样", "Write it in full, as on the business licence"),
    "state-amount": Text(
        "“1.2.3”不是金额：填元，最多两位小数", "“1.2.3” is no amount: write yuan with two decimals at most"
    ),
    "state-bank": Text("选一家银行", "Choose a bank"),
    "state-day": Text("要用钱的日子已经过了，填今天以后的", "The day has passed; write one after today"),
    "state-guarantee": Text("选一种担保", "Choose a kind of security"),
    "state-share": Text("至少选一家，不然谁也看不到", "Choose one at least, or nobody sees it"),
    "state-purpose": Text("最多 200 个字，现在 236 个", "200 characters at most; these are 236"),
    "state-agree": Text("不同意就不能发布，可以先存着", "Without consent it cannot be published; it can be kept"),
    "state-tape": Text("只收 CSV、XLSX、XLS；这是 PDF", "CSV, XLSX and XLS only; this is a PDF"),
}
SO_FAR = Text("读了 31 MB，共 50 MB", "31 of 50 MB read")
FAULTS = [
    Fault(
        "loans.csv",
        17,
        "balance",
        "12,5O0",
        "money",
        "error",
        Text("不是金额：第 5 位是字母 O，不是数字 0", "Not an amount: the fifth sign is the letter O, no zero"),
    ),
    Fault(
        "loans.csv",
        0,
        "",
        "",
        "columns",
        "error",
        Text("少了“合同号”这一列", "The column of contract numbers is missing"),
    ),
]
LABELS = {
    "state-firm": Text("企业名称", "Firm"),
    "state-amount": Text("想贷多少", "Amount"),
    "state-bank": Text("银行", "Bank"),
    "state-day": Text("哪天要用", "Needed by"),
    "state-guarantee": Text("担保", "Security"),
    "state-share": Text("给哪些银行看", "Shown to"),
    "state-purpose": Text("用途", "Purpose"),
    "state-agree": Text("同意", "Consent"),
    "state-tape": Text("报表文件", "File"),
}
LATE_CELLS = [
    *(("past", day) for day in (14, 17, 18, 19, 20, 21, 24, 25, 26)),
    ("today", 27),
    ("over", 28),
    ("over", 31),
]
LATE_WORDS = Text("十个工作日用完了，超时两日", "All ten working days are used; two days late")
LATE_DEADLINE = Text(
    "规定 10月27日 前答复，已经上报金融工作局", "An answer was due by 27 October; the bureau has been told"
)
FIRST_PAGE = Page(items=["a"], page=1, per_page=50, total=51)
LAST_PAGE = Page(items=["a"], page=2, per_page=50, total=51)
HELD: list[Row] = [
    {"name": "何川", "state": "", "title": Text("何川　拨付", "He Chuan, payment"), "what": Text("1 份拨付令", "1 order"), "tone": "bad",
     "until": Text("逾期 2 个工作日", "2 working days late"), "note": Text("缺决定文件", "no decision yet"),
     "url": "#", "act": Text("再催", "Remind")},
]  # fmt: skip
