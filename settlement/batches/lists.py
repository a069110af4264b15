"""The lists of batches and of deputies, as their pages and files hold them."""

from datetime import date

from sqlmodel import col

from kernel.accounts.roles import BUREAU_ROLES
from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.batches.deputies import DEPUTY, DEPUTY_STATES, PRINCIPAL, state_of
from settlement.batches.models import Batch, Deputy
from settlement.batches.workflow import STATES

BATCHES = ListLayout(
    "batches",
    Text("批次", "Batches"),
    (
        ListColumn("number", Text("批次", "Batch"), "number", col(Batch.number)),
        ListColumn("quarter", Text("季度", "Quarter"), "quarter", col(Batch.quarter)),
        ListColumn("state", Text("走到哪一步", "Step"), "state", col(Batch.state), STATES),
        ListColumn("notice_from", Text("公示起", "On notice from"), "notice_from", col(Batch.notice_from)),
        ListColumn("notice_until", Text("公示止", "On notice until"), "notice_until", col(Batch.notice_until)),
        ListColumn("opened_at", Text("开批次的日子", "Opened"), "opened_at", col(Batch.opened_at)),
        ListColumn("digest", Text("指纹", "Digest"), "digest"),
    ),
)


def deputies_on(today: date) -> ListLayout:
    """The list of deputies, with how each stands on a day."""
    return ListLayout(
        "deputies",
        Text("代理人", "Deputies"),
        (
            ListColumn("deputy", Text("代理人", "Deputy"), "deputy.name", DEPUTY.name),
            ListColumn("principal", Text("被代理人", "Acting for"), "principal.name", PRINCIPAL.name),
            ListColumn("role", Text("哪一手", "Hand"), "Deputy.role", col(Deputy.role), BUREAU_ROLES),
            ListColumn("since", Text("从", "From"), "Deputy.since", col(Deputy.since)),
            ListColumn("until", Text("到", "Until"), "Deputy.until", col(Deputy.until)),
            ListColumn("reason", Text("原因", "Reason"), "Deputy.reason"),
            ListColumn("state", Text("状态", "State"), lambda row: state_of(row.Deputy, today), titles=DEPUTY_STATES),
        ),
    )
