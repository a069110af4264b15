"""A beneficiary's own receipts, as their page and their file hold them."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.statements.models import Statement

RECEIPTS = ListLayout(
    "receipts",
    Text("回执", "Receipts"),
    (
        ListColumn("number", Text("编号", "Number"), "statement.number", col(Statement.number)),
        ListColumn("quarter", Text("季度", "Quarter"), "statement.quarter", col(Statement.quarter)),
        ListColumn("scheme", Text("奖补代码", "Award's code"), "statement.scheme"),
        ListColumn("amount", Text("金额", "Amount"), "statement.amount", col(Statement.amount), money=True),
        ListColumn("sealed_at", Text("封存", "Sealed"), lambda row: row.seal and row.seal.sealed_at),
    ),
)
