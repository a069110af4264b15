"""The alerts of one bank, as their page and their file hold them."""

from kernel.bilingual import Text
from kernel.web.lists import Column, Listing
from settlement.squeezes.rule import KINDS

ALERTS = Listing(
    "loan-squeezes",
    Text("抽贷压贷提示", "Loan squeezes"),
    (
        Column("borrower_code", Text("借款人代码", "Borrower's code"), "borrower_code"),
        Column("borrower_name", Text("借款人", "Borrower"), "borrower_name"),
        Column("kind", Text("提示", "Alert"), "kind", titles=KINDS),
        Column("loan_id", Text("借据号", "Loan"), "loan_id"),
        Column("maturity", Text("到期日", "Due on"), "maturity"),
        Column("before", Text("原来（元）", "Before (yuan)"), "before", money=True),
        Column("after", Text("现在（元）", "Now (yuan)"), "after", money=True),
        Column("cut", Text("少了（元）", "Less by (yuan)"), "cut", money=True),
    ),
)
