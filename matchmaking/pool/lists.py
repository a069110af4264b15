"""The list of a county's pool, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.pool.models import PoolEntry
from matchmaking.pool.workflow import STATES

ENTRIES = ListLayout(
    "pool",
    Text("培育库", "The pool"),
    (
        ListColumn(
            "enterprise_code", Text("统一社会信用代码", "Credit code"), lambda row: row[1].code, col(Party.code)
        ),
        ListColumn("name", Text("企业", "Enterprise"), lambda row: row[1].name, col(Party.name)),
        ListColumn("state", Text("状态", "State"), lambda row: row[0].state, col(PoolEntry.state), STATES),
        ListColumn("revenue_year", Text("收入年度", "Year of revenue"), lambda row: row[0].revenue_year),
        ListColumn(
            "revenue",
            Text("上年营业收入（元）", "Last year's revenue (yuan)"),
            lambda row: row[0].revenue,
            col(PoolEntry.revenue),
            money=True,
        ),
        ListColumn(
            "nominated_on", Text("推荐", "Nominated"), lambda row: row[0].nominated_on, col(PoolEntry.nominated_on)
        ),
        ListColumn("since", Text("在库起", "In the pool from"), lambda row: row[0].since, col(PoolEntry.since)),
        ListColumn("until", Text("在库止", "In the pool until"), lambda row: row[0].until, col(PoolEntry.until)),
    ),
)
