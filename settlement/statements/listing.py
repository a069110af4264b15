"""The list of statements as a reader asks for it: which, in what order, and what its page and its file hold."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields
from sqlalchemy import Select
from sqlmodel import col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.fields import Line, QuarterField, one_of
from kernel.web.lists import ListColumn, ListLayout
from kernel.web.paging import AskedSchema
from settlement.statements import labels
from settlement.statements.models import Statement
from settlement.statements.service import StatementWithFigures, statements_query

HELD, FREE = "held", "free"


def _balance(row: StatementWithFigures) -> int | None:
    return row.figures.balance if row.figures else None


def _increment(row: StatementWithFigures) -> int | None:
    return row.figures.increment if row.figures else None


STATEMENTS = ListLayout(
    "statements",
    Text("结算单", "Statements"),
    (
        ListColumn("number", Text("编号", "Number"), "statement.number", col(Statement.number)),
        ListColumn("revision", Text("第几稿", "Draft"), "statement.revision"),
        ListColumn("quarter", Text("季度", "Quarter"), "statement.quarter", col(Statement.quarter)),
        ListColumn("scheme", Text("奖补代码", "Award's code"), "statement.scheme"),
        ListColumn("title", Text("奖补", "Award"), lambda row: labels.scheme(row.statement.scheme)),
        ListColumn("beneficiary_code", Text("统一社会信用代码", "Credit code"), "statement.beneficiary_code"),
        ListColumn(
            "beneficiary_name",
            Text("机构", "Institution"),
            "statement.beneficiary_name",
            col(Statement.beneficiary_name),
        ),
        ListColumn("state", Text("走到哪一步", "Step"), "phase.title"),
        ListColumn("hold_reasons", Text("暂缓的原因", "Why held"), "statement.hold_reasons"),
        ListColumn("outdated", Text("已过时", "Out of date"), "outdated"),
        ListColumn("balance", Text("季末余额（元）", "Closing balance (yuan)"), _balance, money=True),
        ListColumn("increment", Text("增量（元）", "Growth (yuan)"), _increment, money=True),
        ListColumn("amount", Text("奖励（元）", "Award (yuan)"), "statement.amount", col(Statement.amount), money=True),
    ),
)


class StatementListSchema(AskedSchema):
    """Query arguments of the list."""

    quarter = QuarterField(load_default=None)
    scheme = Line(longest=40, load_default=None)
    held = fields.String(load_default=None, validate=one_of((HELD, FREE)))
    q = Line(longest=60, load_default=None)


def listed(caller: Caller, asked: Mapping[str, Any]) -> Select[Any]:
    """The standing statements that the caller may see and asks for."""
    query = statements_query(caller, quarter=asked["quarter"], scheme=asked["scheme"])
    if asked["held"]:
        query = query.where(col(Statement.held) == (asked["held"] == HELD))
    if asked["q"]:
        named = col(Statement.beneficiary_name).contains(asked["q"], autoescape=True)
        query = query.where(named | col(Statement.number).contains(asked["q"].upper(), autoescape=True))
    return query
