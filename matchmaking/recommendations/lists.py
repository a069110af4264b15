"""The lists of recommendations, as their pages and files hold them: what was recommended, what platforms sent."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.outbox.api import pull_office
from kernel.outbox.models import PulledRecord
from kernel.outbox.workflow import PULLED_STATES
from kernel.web.lists import Column, Listing
from matchmaking.matching.vocabulary import PURPOSES
from matchmaking.page_words import rate
from matchmaking.platforms.words import KINDS, why_refused
from matchmaking.recommendations.models import Recommendation
from matchmaking.recommendations.reading import ShownRecommendation
from matchmaking.recommendations.workflow import STATES
from matchmaking.referrals.reasons import REASONS


def platform_title(name: str) -> Text:
    """What a platform is called."""
    found = pull_office().described.get(name)
    return found.title if found else Text(name, name)


def _firm(one: ShownRecommendation) -> str | None:
    return one.shown_party.name if one.shown_party else None


def _receiver(one: ShownRecommendation) -> Text | str:
    return one.bank.name if one.bank else platform_title(one.row.platform or "")


def _amount(one: ShownRecommendation) -> int | None:
    return one.shown_terms.amount if one.shown_terms else None


RECOMMENDATIONS = Listing(
    "recommendations",
    Text("需求推荐", "Recommendations"),
    (
        Column("request", Text("申请", "Request"), lambda one: one.shown_request.code if one.shown_request else None),
        Column("enterprise", Text("企业", "Enterprise"), _firm),
        Column("receiver", Text("推荐给", "To"), _receiver),
        Column("amount", Text("想贷（元）", "Wanted (yuan)"), _amount, money=True),
        Column(
            "term", Text("期限（月）", "Term (months)"), lambda one: one.shown_terms.term if one.shown_terms else None
        ),
        Column(
            "rate_ceiling",
            Text("年利率最高 %", "Highest yearly rate %"),
            lambda one: rate(one.shown_terms.rate_ceiling) if one.shown_terms else None,
        ),
        Column(
            "purpose",
            Text("用途", "Purpose"),
            lambda one: one.shown_terms.purpose if one.shown_terms else None,
            titles=PURPOSES,
        ),
        Column("made_at", Text("送出", "Sent"), "row.made_at", col(Recommendation.made_at)),
        Column("state", Text("回音", "Answer"), "row.state", col(Recommendation.state), STATES),
        Column("answered_at", Text("回话时间", "Answered"), "row.answered_at", col(Recommendation.answered_at)),
        Column(
            "reason",
            Text("谢绝的理由", "Why declined"),
            lambda one: REASONS[one.row.reason_code].title if one.row.reason_code else None,
        ),
        Column("note", Text("对方怎么说", "What was said"), "row.note"),
    ),
)
PULLED = Listing(
    "platform-records",
    Text("收回来的", "What came in"),
    (
        Column("remote_id", Text("编号", "Number"), "remote_id", col(PulledRecord.remote_id)),
        Column("platform", Text("平台代码", "Platform's code"), "source", col(PulledRecord.source)),
        Column("platform_title", Text("平台", "Platform"), lambda one: platform_title(one.source)),
        Column("kind", Text("什么", "What"), "resource", col(PulledRecord.resource), KINDS),
        Column("state", Text("结果", "Outcome"), "state", col(PulledRecord.state), PULLED_STATES),
        Column(
            "reason", Text("为什么没收", "Why not taken"), lambda one: why_refused(one.reason) if one.reason else None
        ),
        Column("pulled_at", Text("取回", "Fetched"), "pulled_at", col(PulledRecord.pulled_at)),
    ),
)
