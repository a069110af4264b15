"""The lists of loan products, as their pages and files hold them: the hall of all on offer, and a bank's own shelf."""

from typing import Any

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, TAGS
from matchmaking.page_words import listed, rate
from matchmaking.products.models import LoanProduct, ProductVersion
from matchmaking.products.workflow import STATES


def _terms(sorted_by: bool) -> tuple[ListColumn, ...]:
    """The columns of the terms; the hall sorts in ways of its own."""

    def by(column: Any) -> Any:
        return column if sorted_by else None

    most = by(col(ProductVersion.amount_max))
    return (
        ListColumn("amount_min", Text("最少（元）", "Least (yuan)"), "version.amount_min", money=True),
        ListColumn("amount_max", Text("最多（元）", "Most (yuan)"), "version.amount_max", most, money=True),
        ListColumn("term_min", Text("最短（月）", "Shortest (months)"), "version.term_min"),
        ListColumn("term_max", Text("最长（月）", "Longest (months)"), "version.term_max"),
        ListColumn(
            "rate_min",
            Text("年利率最低 %", "Lowest yearly rate %"),
            lambda one: rate(one.version.rate_min),
            by(col(ProductVersion.rate_min)),
        ),
        ListColumn("rate_max", Text("年利率最高 %", "Highest yearly rate %"), lambda one: rate(one.version.rate_max)),
        ListColumn(
            "guarantees", Text("担保", "Guarantees"), lambda one: listed(one.version.guarantee_kinds, GUARANTEE_KINDS)
        ),
        ListColumn("tags", Text("给哪些企业", "For which firms"), lambda one: listed(one.version.required_tags, TAGS)),
        ListColumn(
            "promised_days", Text("答应几个工作日答复", "Answers within (working days)"), "version.promised_days"
        ),
    )


HALL = ListLayout(
    "products",
    Text("贷款产品", "Loan products"),
    (
        ListColumn("code", Text("编号", "Number"), "product.code"),
        ListColumn("name", Text("产品", "Product"), "version.name"),
        ListColumn("bank_code", Text("银行代码", "Bank's code"), "bank.code"),
        ListColumn("bank", Text("银行", "Bank"), "bank.name"),
        *_terms(False),
    ),
)
SHELF = ListLayout(
    "own-products",
    Text("本行产品", "Our products"),
    (
        ListColumn("code", Text("编号", "Number"), "product.code", col(LoanProduct.code)),
        ListColumn("name", Text("产品", "Product"), "version.name", col(ProductVersion.name)),
        ListColumn("state", Text("状态", "State"), "product.state", col(LoanProduct.state), STATES),
        ListColumn("version", Text("第几版", "Version"), "version.number", col(ProductVersion.number)),
        *_terms(True),
        ListColumn(
            "quota",
            Text("还剩额度（元）", "Left to lend (yuan)"),
            "version.quota",
            col(ProductVersion.quota),
            money=True,
        ),
        ListColumn("valid_from", Text("有效期起", "Valid from"), "version.valid_from", col(ProductVersion.valid_from)),
        ListColumn("valid_to", Text("有效期止", "Valid to"), "version.valid_to", col(ProductVersion.valid_to)),
    ),
)
