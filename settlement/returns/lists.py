"""The versions of an institution's returns, as its page shows them by quarter and as a file."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from kernel.web.paging import Page
from settlement.returns.models import LoanReturn
from settlement.returns.views import QuarterLine
from settlement.returns.workflow import STATES


@dataclass(frozen=True)
class NamedVersion:
    """A version with the names of the people who filed and certified it."""

    filed: LoanReturn
    names: Mapping[int, str]

    @property
    def filed_by(self) -> str:
        return self.names.get(self.filed.filed_by or 0, "")

    @property
    def certified_by(self) -> str:
        return self.names.get(self.filed.certified_by or 0, "")


VERSIONS = ListLayout(
    "returns",
    Text("报表", "Returns"),
    (
        ListColumn("quarter", Text("季度", "Quarter"), "filed.quarter"),
        ListColumn("version", Text("第几版", "Version"), "filed.version"),
        ListColumn("state", Text("走到哪一步", "Step"), "filed.state", titles=STATES),
        ListColumn("file_name", Text("文件", "File"), "filed.file_name"),
        ListColumn("rows", Text("行数", "Rows"), "filed.rows"),
        ListColumn("total", Text("报表余额（元）", "Filed balance (yuan)"), "filed.total", money=True),
        ListColumn("eligible", Text("其中合格余额（元）", "Of it eligible (yuan)"), "filed.eligible", money=True),
        ListColumn("events", Text("还款、退费", "Repayments and refunds"), "filed.events"),
        ListColumn("filed_by", Text("报送", "Filed by"), "filed_by"),
        ListColumn("filed_at", Text("报送时间", "Filed at"), "filed.filed_at"),
        ListColumn("certified_by", Text("认证", "Certified by"), "certified_by"),
        ListColumn("certified_at", Text("认证时间", "Certified at"), "filed.certified_at"),
    ),
)


def versions_of(lines: Sequence[QuarterLine]) -> Page[NamedVersion]:
    """Every version of the quarters in their order, on one page."""
    found = [NamedVersion(filed, line.names) for line in lines for filed in line.versions]
    return Page(found, 1, max(1, len(found)), len(found))
