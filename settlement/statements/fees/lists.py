"""The contracts of a fee-subsidy statement, as their page and their file hold them."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.statements.fees.models import FeeContract

CONTRACTS = ListLayout(
    "contracts",
    Text("逐笔合同", "Contracts"),
    (
        ListColumn("contract_id", Text("合同号", "Contract"), "row.contract_id", col(FeeContract.contract_id)),
        ListColumn("borrower_name", Text("被担保人", "Borrower"), "row.borrower_name", col(FeeContract.borrower_name)),
        ListColumn("start_date", Text("起", "From"), "row.start_date", col(FeeContract.start_date)),
        ListColumn("end_date", Text("止", "To"), "row.end_date", col(FeeContract.end_date)),
        ListColumn("days", Text("天数", "Days"), "row.days"),
        ListColumn(
            "amount", Text("担保金额（元）", "Guaranteed (yuan)"), "row.amount", col(FeeContract.amount), money=True
        ),
        ListColumn("fee_rate", Text("年化费率", "Yearly fee"), "fee_rate"),
        ListColumn("gap", Text("差额", "Gap"), "gap"),
        ListColumn("part", Text("本期（元）", "This period (yuan)"), "row.part", col(FeeContract.part), money=True),
        ListColumn("reasons", Text("为什么不计", "Why left out"), "row.exclusions"),
        ListColumn("told", Text("怎么算的", "How it was reckoned"), "told"),
    ),
)
