"""The list of decisions, as its page and its file hold it."""

from collections.abc import Callable

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.readings.models import PolicyDecision
from settlement.readings.service import DecisionRow
from settlement.readings.workflow import STATES


def decisions_titled(title_of: Callable[[DecisionRow], Text]) -> ListLayout:
    """The list, with what each decision is about in words."""
    return ListLayout(
        "decisions",
        Text("决定", "Decisions"),
        (
            ListColumn("number", Text("编号", "Number"), "decision.number", col(PolicyDecision.id)),
            ListColumn("subject", Text("定什么", "What it decides"), title_of),
            ListColumn(
                "document",
                Text("决定文件", "Document"),
                "decision.document_number",
                col(PolicyDecision.document_number),
            ),
            ListColumn("issuer", Text("发文单位", "Issuer"), "decision.document_issuer"),
            ListColumn(
                "document_date",
                Text("文件日期", "Its date"),
                "decision.document_date",
                col(PolicyDecision.document_date),
            ),
            ListColumn("recorded_by", Text("录入人", "Recorded by"), "decision.recorded_by_name"),
            ListColumn(
                "recorded_at", Text("录入", "Recorded"), "decision.recorded_at", col(PolicyDecision.recorded_at)
            ),
            ListColumn("checked_by", Text("核对人", "Checked by"), "decision.checked_by_name"),
            ListColumn("checked_at", Text("核对", "Checked"), "decision.checked_at", col(PolicyDecision.checked_at)),
            ListColumn("state", Text("现在", "Now"), "decision.state", col(PolicyDecision.state), STATES),
        ),
    )
