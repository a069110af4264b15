"""The list of batches, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.batches.models import Batch
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
