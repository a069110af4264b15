"""The alerts of one bank, as their page and their file hold them."""

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.squeezes.rule import KINDS

ALERTS = ListLayout(
    "loan-squeezes",
    Text("抽贷压贷提示", "Loan squeezes"),
    (
        ListColumn("borrower_code", Text("借款人代码", "Borrower's code"), "borrower_code"),
        ListColumn("borrower_name", Text("借款人", "Borrower"), "borrower_name"),
        ListColumn("kind", Text("提示", "Alert"), "kind", titles=KINDS),
        ListColumn("loan_id", Text("借据号", "Loan"), "loan_id"),
        ListColumn("maturity", Text("到期日", "Due on"), "maturity"),
        ListColumn("before", Text("原来（元）", "Before (yuan)"), "before", money=True),
        ListColumn("after", Text("现在（元）", "Now (yuan)"), "after", money=True),
        ListColumn("cut", Text("少了（元）", "Less by (yuan)"), "cut", money=True),
    ),
)
