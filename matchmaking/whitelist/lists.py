"""The lists of the whitelist, as their pages and files hold them: who is on it on a day, and every listing."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.regions import REGIONS
from kernel.web.lists import Column, Listing
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.workflow import GROUNDS, STATES

COUNTIES = {one.code: one.name for one in REGIONS}
LISTED = Listing(
    "whitelist",
    Text("在名单的企业", "Listed firms"),
    (
        Column("enterprise_code", Text("统一社会信用代码", "Credit code"), "party.code", col(Party.code)),
        Column("name", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        Column("region", Text("区县", "County"), "party.fiscal_region", col(Party.fiscal_region), COUNTIES),
        Column("since", Text("从哪天起", "Since"), "since"),
    ),
)
ENTRIES = Listing(
    "whitelist-entries",
    Text("名单记录", "Listings"),
    (
        Column("enterprise_code", Text("统一社会信用代码", "Credit code"), "party.code", col(Party.code)),
        Column("name", Text("企业", "Enterprise"), "party.name", col(Party.name)),
        Column("region", Text("区县", "County"), "entry.region", col(WhitelistEntry.region), COUNTIES),
        Column("state", Text("状态", "State"), "entry.state", col(WhitelistEntry.state), STATES),
        Column("removal_ground", Text("拟移出的原因", "Why to be removed"), "entry.removal_ground", titles=GROUNDS),
        Column("nominated_on", Text("推荐", "Nominated"), "entry.nominated_on", col(WhitelistEntry.nominated_on)),
        Column(
            "notice_until", Text("公示到", "On notice until"), "entry.notice_until", col(WhitelistEntry.notice_until)
        ),
        Column("open_objections", Text("待答复", "Objections to answer"), "entry.open_objections"),
    ),
)
