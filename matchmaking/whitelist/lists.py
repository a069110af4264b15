"""The lists of the whitelist, as their pages and files hold them: on it on a day, every listing, to be recommended, on notice."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.regions import REGIONS
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.pool.models import PoolEntry
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.workflow import GROUNDS, STATES

COUNTIES = {one.code: one.name for one in REGIONS}
LISTED = ListLayout(
    "whitelist",
    Text("在名单的企业", "Listed firms"),
    (
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "party.code", col(Party.code)),
        ListColumn("name", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        ListColumn("region", Text("区县", "County"), "party.fiscal_region", col(Party.fiscal_region), COUNTIES),
        ListColumn("since", Text("从哪天起", "Since"), "since"),
    ),
)
ENTRIES = ListLayout(
    "whitelist-entries",
    Text("名单记录", "Listings"),
    (
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "party.code", col(Party.code)),
        ListColumn("name", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        ListColumn("region", Text("区县", "County"), "entry.region", col(WhitelistEntry.region), COUNTIES),
        ListColumn("state", Text("状态", "State"), "entry.state", col(WhitelistEntry.state), STATES),
        ListColumn("removal_ground", Text("拟移出的原因", "Why to be removed"), "entry.removal_ground", titles=GROUNDS),
        ListColumn("nominated_on", Text("推荐", "Nominated"), "entry.nominated_on", col(WhitelistEntry.nominated_on)),
        ListColumn(
            "notice_until", Text("公示到", "On notice until"), "entry.notice_until", col(WhitelistEntry.notice_until)
        ),
        ListColumn("open_objections", Text("待答复", "Objections to answer"), "entry.open_objections"),
    ),
)
CANDIDATES = ListLayout(
    "whitelist-candidates",
    Text("可以推荐的企业", "Firms that may be recommended"),
    (
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "Party.code"),
        ListColumn("name", Text("企业", "Enterprise"), "Party.name", col(Party.name)),
        ListColumn("region", Text("区县", "County"), "PoolEntry.region", col(PoolEntry.region), COUNTIES),
        ListColumn(
            "revenue",
            Text("上年营业收入", "Last year's revenue"),
            "PoolEntry.revenue",
            col(PoolEntry.revenue),
            money=True,
        ),
        ListColumn("since", Text("入库", "In the pool since"), "PoolEntry.since", col(PoolEntry.since)),
    ),
)
NOTICES = ListLayout(  # everybody who signs in reads it: the firm by its name, no code
    "whitelist-notices",
    Text("公示中的企业", "Firms in public notice"),
    (
        ListColumn("name", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        ListColumn("region", Text("区县", "County"), "entry.region", col(WhitelistEntry.region), COUNTIES),
        ListColumn(
            "notice_from", Text("公示起", "On notice from"), "entry.notice_from", col(WhitelistEntry.notice_from)
        ),
        ListColumn(
            "notice_until", Text("公示止", "On notice until"), "entry.notice_until", col(WhitelistEntry.notice_until)
        ),
    ),
)
