"""The late list of a quarter, as its page and its file hold it: at most the institutions of the city, on one page."""

from collections.abc import Sequence

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from kernel.web.paging import Page
from settlement.calls.kinds import CALL_KINDS
from settlement.calls.service import Filer
from settlement.returns.workflow import STATES

LATE_LIST = ListLayout(
    "calls",
    Text("报送催办", "Calls for returns"),
    (
        ListColumn("institution_code", Text("统一社会信用代码", "Credit code"), "party.code"),
        ListColumn("institution_name", Text("机构", "Institution"), "party.name"),
        ListColumn("return", Text("报表", "Return"), lambda one: one.newest and one.newest.state, titles=STATES),
        ListColumn("working_days_over", Text("逾期的工作日", "Working days over"), "days_over"),
        ListColumn("calls", Text("催过几次", "Calls"), "calls"),
        ListColumn(
            "last_call",
            Text("最近一次", "Last call"),
            lambda one: one.last_call and one.last_call.kind,
            titles=CALL_KINDS,
        ),
        ListColumn("last_day", Text("最近一次的日子", "Its day"), lambda one: one.last_call and one.last_call.day),
    ),
)


def late_list(filers: Sequence[Filer]) -> Page[Filer]:
    """Everybody who is waited for, on one page."""
    return Page(filers, 1, max(1, len(filers)), len(filers))
