"""All that the code reads of the policy book, and the documents whose words the policies quote."""

from pathlib import Path

from kernel.policies.declared import Declarations, squeezed
from kernel.size_classes import READS as SIZE_CLASSES
from matchmaking.declared import READS as MATCHMAKING
from settlement.declared import READS as SETTLEMENT

DOCUMENTS = Path(__file__).parent / "documents"
DECLARED = Declarations(
    schemes=(*SETTLEMENT, *MATCHMAKING, SIZE_CLASSES),
    documents=tuple(squeezed(path.read_text(encoding="utf-8")) for path in sorted(DOCUMENTS.glob("*.txt"))),
)
