"""The lists of recommendations, as their pages and files hold them: what was recommended, what platforms sent."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.outbox.api import pull_office
from kernel.outbox.models import PulledRecord
from kernel.outbox.workflow import PULLED_STATES
from kernel.web.lists import ListColumn, ListLayout
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


RECOMMENDATIONS = ListLayout(
    "recommendations",
    Text("需求推荐", "Recommendations"),
    (
        ListColumn(
            "request", Text("申请", "Request"), lambda one: one.shown_request.code if one.shown_request else None
        ),
        ListColumn("enterprise", Text("企业", "Enterprise"), _firm),
        ListColumn("receiver", Text("推荐给", "To"), _receiver),
        ListColumn("amount", Text("想贷（元）", "Wanted (yuan)"), _amount, money=True),
        ListColumn(
            "term", Text("期限（月）", "Term (months)"), lambda one: one.shown_terms.term if one.shown_terms else None
        ),
        ListColumn(
            "rate_ceiling",
            Text("年利率最高 %", "Highest yearly rate %"),
            lambda one: rate(one.shown_terms.rate_ceiling) if one.shown_terms else None,
        ),
        ListColumn(
            "purpose",
            Text("用途", "Purpose"),
            lambda one: one.shown_terms.purpose if one.shown_terms else None,
            titles=PURPOSES,
        ),
        ListColumn("made_at", Text("送出", "Sent"), "row.made_at", col(Recommendation.made_at)),
        ListColumn("state", Text("回音", "Answer"), "row.state", col(Recommendation.state), STATES),
        ListColumn("answered_at", Text("回话时间", "Answered"), "row.answered_at", col(Recommendation.answered_at)),
        ListColumn(
            "reason",
            Text("谢绝的理由", "Why declined"),
            lambda one: REASONS[one.row.reason_code].title if one.row.reason_code else None,
        ),
        ListColumn("note", Text("对方怎么说", "What was said"), "row.note"),
    ),
)
PULLED = ListLayout(
    "platform-records",
    Text("收回来的", "What came in"),
    (
        ListColumn("remote_id", Text("编号", "Number"), "remote_id", col(PulledRecord.remote_id)),
        ListColumn("platform", Text("平台代码", "Platform's code"), "source", col(PulledRecord.source)),
        ListColumn("platform_title", Text("平台", "Platform"), lambda one: platform_title(one.source)),
        ListColumn("kind", Text("什么", "What"), "resource", col(PulledRecord.resource), KINDS),
        ListColumn("state", Text("结果", "Outcome"), "state", col(PulledRecord.state), PULLED_STATES),
        ListColumn(
            "reason", Text("为什么没收", "Why not taken"), lambda one: why_refused(one.reason) if one.reason else None
        ),
        ListColumn("pulled_at", Text("取回", "Fetched"), "pulled_at", col(PulledRecord.pulled_at)),
    ),
)
