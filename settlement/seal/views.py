"""What the page of a seal tells: the lists and tapes in the file, and the checkpoint that covers it."""

import json
from dataclasses import dataclass

from kernel.audit.checkpoints import Checkpoint
from kernel.bilingual import Text
from settlement.seal.models import QuarterSeal
from settlement.seal.packing import unpacked
from settlement.seal.service import SealPlaces
from settlement.seal.verifier import MANIFEST

LISTS = {
    "statements": Text("结算单，每一稿，连同由来", "Statements, every revision, with how they came about"),
    "returns": Text("用到的报表的版本", "The versions of returns that were used"),
    "certified_balances": Text("核定余额，每一版", "Certified balances, every version"),
    "policies": Text("算的时候有效的政策全文", "The policies it was computed under, in full"),
    "decisions": Text("有文号的决定", "Decisions with their documents"),
    "parties": Text("机构和受益人的身份", "What institutions and beneficiaries were"),
    "batches": Text("批次、签字、公示异议", "Batches, signatures, objections"),
    "people": Text("签字的人", "Who signed"),
    "claims": Text("各付款方应付", "What each payer owes"),
    "orders": Text("拨付令、付款、银行回单", "Payment orders, payments, bank receipts"),
    "recoveries": Text("追回通知", "Recovery notices"),
    "postings": Text("记账分录", "Postings"),
    "checkpoints": Text("封存之前公布的检查点", "Checkpoints published before the seal"),
}
TAPES = Text("报表的明细行（Parquet）", "The rows of the returns (Parquet)")


@dataclass(frozen=True)
class ContentLine:
    """One kind of content and how many rows (or files) of it there are."""

    title: Text
    count: int
    file: str


def contents_told(seal: QuarterSeal, places: SealPlaces) -> list[ContentLine]:
    """Kind by kind, as the manifest lists them."""
    manifest = json.loads(unpacked(places.keeping.archive.path(seal.kept).read_bytes()).members[MANIFEST])
    counts = {one["name"]: len(one["prints"]["rows"]) for one in manifest["files"]}
    tapes = [name for name in counts if name.endswith(".parquet")]
    rows = [ContentLine(LISTS[name], counts[f"{name}.jsonl"], f"{name}.jsonl") for name in LISTS]
    return [*rows, ContentLine(TAPES, len(tapes), "returns/*.parquet")]


def cover_of(seal: QuarterSeal, places: SealPlaces) -> Checkpoint | None:
    """The published checkpoint that covers the seal; None for the moments until there is one."""
    return next((one for one in places.published if one.number >= seal.entry_number), None)
