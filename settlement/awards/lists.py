"""The list of claims, as its page and its file hold it."""

from collections.abc import Callable

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import Column, Listing
from settlement.awards.models import AwardClaim
from settlement.awards.workflow import REFUSALS, STATES
from settlement.fiscal_shares import PAYER_TITLES


def claims(title_of: Callable[[str], Text]) -> Listing:
    """The list, with the name of each scheme."""
    return Listing(
        "award-claims",
        Text("申报记录", "Claims"),
        (
            Column("number", Text("编号", "Number"), "claim.id", col(AwardClaim.id)),
            Column("scheme", Text("奖补代码", "Award's code"), "claim.scheme", col(AwardClaim.scheme)),
            Column("title", Text("奖补", "Award"), lambda row: title_of(row.claim.scheme)),
            Column("beneficiary_code", Text("统一社会信用代码", "Credit code"), "party.code"),
            Column("beneficiary_name", Text("单位", "Party"), "party.name", col(Party.name)),
            Column("region", Text("区县", "County"), "claim.region", col(AwardClaim.region), PAYER_TITLES),
            Column("day", Text("事项日", "Day of the event"), "claim.day", col(AwardClaim.day)),
            Column("state", Text("走到哪一步", "Step"), "claim.state", col(AwardClaim.state), STATES),
            Column("filed_at", Text("申报时间", "Filed"), "claim.filed_at", col(AwardClaim.filed_at)),
            Column("amount", Text("金额（元）", "Amount (yuan)"), "claim.amount", col(AwardClaim.amount), money=True),
            Column("refusal_code", Text("不予受理的原因", "Why refused"), "claim.refusal_code", titles=REFUSALS),
        ),
    )
