"""The list of claims, as its page and its file hold it."""

from collections.abc import Callable

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import ListColumn, ListLayout
from settlement.awards.models import AwardClaim
from settlement.awards.workflow import REFUSALS, STATES
from settlement.fiscal_shares import PAYER_TITLES


def claims(title_of: Callable[[str], Text]) -> ListLayout:
    """The list, with the name of each scheme."""
    return ListLayout(
        "award-claims",
        Text("申报记录", "Claims"),
        (
            ListColumn("number", Text("编号", "Number"), "claim.id", col(AwardClaim.id)),
            ListColumn("scheme", Text("奖补代码", "Award's code"), "claim.scheme", col(AwardClaim.scheme)),
            ListColumn("title", Text("奖补", "Award"), lambda row: title_of(row.claim.scheme)),
            ListColumn("beneficiary_code", Text("统一社会信用代码", "Credit code"), "party.code"),
            ListColumn("beneficiary_name", Text("单位", "Party"), "party.name", col(Party.name)),
            ListColumn("region", Text("区县", "County"), "claim.region", col(AwardClaim.region), PAYER_TITLES),
            ListColumn("day", Text("事项日", "Day of the event"), "claim.day", col(AwardClaim.day)),
            ListColumn("state", Text("走到哪一步", "Step"), "claim.state", col(AwardClaim.state), STATES),
            ListColumn("filed_at", Text("申报时间", "Filed"), "claim.filed_at", col(AwardClaim.filed_at)),
            ListColumn(
                "amount", Text("金额（元）", "Amount (yuan)"), "claim.amount", col(AwardClaim.amount), money=True
            ),
            ListColumn("refusal_code", Text("不予受理的原因", "Why refused"), "claim.refusal_code", titles=REFUSALS),
        ),
    )
