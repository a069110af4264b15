"""The list of batches, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import Column, Listing
from settlement.batches.models import Batch
from settlement.batches.workflow import STATES

BATCHES = Listing(
    "batches",
    Text("批次", "Batches"),
    (
        Column("number", Text("批次", "Batch"), "number", col(Batch.number)),
        Column("quarter", Text("季度", "Quarter"), "quarter", col(Batch.quarter)),
        Column("state", Text("走到哪一步", "Step"), "state", col(Batch.state), STATES),
        Column("notice_from", Text("公示起", "On notice from"), "notice_from", col(Batch.notice_from)),
        Column("notice_until", Text("公示止", "On notice until"), "notice_until", col(Batch.notice_until)),
        Column("opened_at", Text("开批次的日子", "Opened"), "opened_at", col(Batch.opened_at)),
        Column("digest", Text("指纹", "Digest"), "digest"),
    ),
)
