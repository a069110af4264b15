"""The list of requests, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES
from matchmaking.page_words import listed, rate
from matchmaking.requests.models import FinancingRequest, RequestVersion
from matchmaking.requests.workflow import STATES

REQUESTS = ListLayout(
    "requests",
    Text("申请", "Requests"),
    (
        ListColumn("code", Text("编号", "Number"), "request.code", col(FinancingRequest.code)),
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "party.code"),
        ListColumn("enterprise", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        ListColumn("state", Text("状态", "State"), "request.state", col(FinancingRequest.state), STATES),
        ListColumn(
            "amount", Text("想贷（元）", "Wanted (yuan)"), "version.amount", col(RequestVersion.amount), money=True
        ),
        ListColumn("term", Text("期限（月）", "Term (months)"), "version.term", col(RequestVersion.term)),
        ListColumn("purpose", Text("用途", "Purpose"), "version.purpose", col(RequestVersion.purpose), PURPOSES),
        ListColumn(
            "guarantees", Text("担保", "Guarantees"), lambda one: listed(one.version.guarantee_kinds, GUARANTEE_KINDS)
        ),
        ListColumn(
            "rate_ceiling",
            Text("年利率最高 %", "Highest yearly rate %"),
            lambda one: rate(one.version.rate_ceiling),
            col(RequestVersion.rate_ceiling),
        ),
        ListColumn(
            "published_at", Text("发布", "Published"), "request.published_at", col(FinancingRequest.published_at)
        ),
    ),
)
