"""The list of mergers, as its page and its file hold it."""

from collections.abc import Mapping

from sqlmodel import col

from kernel.bilingual import Text
from kernel.parties.models import Party
from kernel.web.lists import Column, Listing
from settlement.mergers.models import InstitutionMerger
from settlement.mergers.workflow import STATES


def mergers(parties: Mapping[int | None, Party]) -> Listing:
    """The list, with the institutions by their numbers."""
    return Listing(
        "mergers",
        Text("机构合并", "Mergers"),
        (
            Column(
                "absorbed_code", Text("被合并的机构代码", "Absorbed code"), lambda one: parties[one.absorbed_id].code
            ),
            Column("absorbed", Text("被合并的机构", "Absorbed"), lambda one: parties[one.absorbed_id].name),
            Column("into_code", Text("承继的机构代码", "Successor's code"), lambda one: parties[one.into_id].code),
            Column("into", Text("承继的机构", "Successor"), lambda one: parties[one.into_id].name),
            Column("ended_on", Text("终止日", "Ended on"), "ended_on", col(InstitutionMerger.ended_on)),
            Column("document", Text("批复文号", "Document"), "document", col(InstitutionMerger.document)),
            Column("state", Text("状态", "State"), "state", col(InstitutionMerger.state), STATES),
            Column("reason", Text("原因", "Reason"), "reason"),
        ),
    )
