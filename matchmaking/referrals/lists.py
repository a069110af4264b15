"""The lists of referrals, as their pages and files hold them: all, and those that are overdue with what the bureau did."""

from collections.abc import Callable
from datetime import date

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from kernel.workdays import WorkCalendar
from matchmaking.referrals.models import Referral
from matchmaking.referrals.overseeing import OverdueReferral
from matchmaking.referrals.reading import ShownReferral
from matchmaking.referrals.reasons import REASONS
from matchmaking.referrals.views import clock_words
from matchmaking.referrals.workflow import STATES


def referrals(work: WorkCalendar, today: date) -> ListLayout:
    """Referrals with where their clocks stand today."""

    def clock(one: ShownReferral) -> Text | None:
        stands = one.standing(work, today)
        return clock_words(stands, work, today) if stands else None

    return ListLayout("referrals", Text("推荐", "Referrals"), (*_columns(lambda one: one), _clock_column(clock)))


def overdue(work: WorkCalendar, today: date) -> ListLayout:
    """Overdue referrals, the longest first, with what the bureau did about each."""
    return ListLayout(
        "overdue-referrals",
        Text("逾期的推荐", "Overdue referrals"),
        (
            *_columns(lambda row: row.one),
            _clock_column(lambda row: clock_words(row.standing, work, today)),
            ListColumn("deadline", Text("最晚", "Deadline"), "deadline"),
            ListColumn("handled", Text("怎么处理的", "What was done"), _handling),
        ),
    )


def _clock_column(words: Callable[..., Text | None]) -> ListColumn:
    return ListColumn("clock", Text("时限", "Clock"), words)


def _columns(shown: Callable[..., ShownReferral]) -> tuple[ListColumn, ...]:
    """What both hold; only the list of all is asked of the books in another order."""
    return (
        ListColumn("number", Text("编号", "Number"), lambda row: shown(row).id, col(Referral.id)),
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), lambda row: shown(row).enterprise.code),
        ListColumn("enterprise", Text("企业", "Enterprise"), lambda row: shown(row).enterprise.name),
        ListColumn("bank", Text("银行", "Bank"), lambda row: shown(row).bank.name),
        ListColumn("week", Text("周次", "Week"), lambda row: shown(row).session.week, col(Referral.session_id)),
        ListColumn("amount", Text("想贷（元）", "Wanted (yuan)"), lambda row: shown(row).request.amount, money=True),
        ListColumn(
            "approved_amount",
            Text("授信（元）", "Credit line (yuan)"),
            lambda row: shown(row).referral.approved_amount,
            col(Referral.approved_amount),
            money=True,
        ),
        ListColumn(
            "drawn",
            Text("已放款（元）", "Drawn (yuan)"),
            lambda row: shown(row).referral.drawn,
            col(Referral.drawn),
            money=True,
        ),
        ListColumn("state", Text("走到哪一步", "Step"), lambda row: shown(row).state, col(Referral.state), STATES),
        ListColumn(
            "delivered_at",
            Text("送达", "Delivered"),
            lambda row: shown(row).referral.delivered_at,
            col(Referral.delivered_at),
        ),
        ListColumn("reason", Text("谢绝的理由", "Why declined"), lambda row: _reason(shown(row))),
    )


def _reason(one: ShownReferral) -> Text | None:
    code = one.referral.reason_code
    return REASONS[code].title if code else None


def _handling(row: OverdueReferral) -> str | None:
    return next((one.note for one in row.one.escalations if one.stage == row.standing.stage and one.handled_at), None)
