"""The contracts of a fee-subsidy statement, as their page and their file hold them."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import Column, Listing
from settlement.statements.fees.models import FeeContract

CONTRACTS = Listing(
    "contracts",
    Text("逐笔合同", "Contracts"),
    (
        Column("contract_id", Text("合同号", "Contract"), "row.contract_id", col(FeeContract.contract_id)),
        Column("borrower_name", Text("被担保人", "Borrower"), "row.borrower_name", col(FeeContract.borrower_name)),
        Column("start_date", Text("起", "From"), "row.start_date", col(FeeContract.start_date)),
        Column("end_date", Text("止", "To"), "row.end_date", col(FeeContract.end_date)),
        Column("days", Text("天数", "Days"), "row.days"),
        Column(
            "amount", Text("担保金额（元）", "Guaranteed (yuan)"), "row.amount", col(FeeContract.amount), money=True
        ),
        Column("fee_rate", Text("年化费率", "Yearly fee"), "fee_rate"),
        Column("gap", Text("差额", "Gap"), "gap"),
        Column("part", Text("本期（元）", "This period (yuan)"), "row.part", col(FeeContract.part), money=True),
        Column("reasons", Text("为什么不计", "Why left out"), "row.exclusions"),
        Column("told", Text("怎么算的", "How it was reckoned"), "told"),
    ),
)
