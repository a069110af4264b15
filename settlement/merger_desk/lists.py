"""The list of mergers, as its page and its file hold it."""

from collections.abc import Mapping

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import ListColumn, ListLayout
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.workflow import STATES


def mergers(parties: Mapping[int | None, Party]) -> ListLayout:
    """The list, with the institutions by their numbers."""
    return ListLayout(
        "mergers",
        Text("机构合并", "Mergers"),
        (
            ListColumn(
                "absorbed_code", Text("被合并的机构代码", "Absorbed code"), lambda one: parties[one.absorbed_id].code
            ),
            ListColumn("absorbed", Text("被合并的机构", "Absorbed"), lambda one: parties[one.absorbed_id].name),
            ListColumn("into_code", Text("承继的机构代码", "Successor's code"), lambda one: parties[one.into_id].code),
            ListColumn("into", Text("承继的机构", "Successor"), lambda one: parties[one.into_id].name),
            ListColumn("ended_on", Text("终止日", "Ended on"), "ended_on", col(InstitutionMerger.ended_on)),
            ListColumn("document", Text("批复文号", "Document"), "document", col(InstitutionMerger.document)),
            ListColumn("state", Text("状态", "State"), "state", col(InstitutionMerger.state), STATES),
            ListColumn("reason", Text("原因", "Reason"), "reason"),
        ),
    )
