"""Whether what a statement was computed from is still so when it is written, without reading a whole quarter again for each one.

Every change of facts leaves an entry in the trail, numbered in the order of commits. As long as nothing but drafting was written there
since the facts were read, they stand; after anything else they are read anew.
"""

from collections.abc import Mapping
from functools import cached_property

from sqlmodel import Session, col, select

from kernel.audit.models import AuditEntry, AuditHead
from kernel.periods import Quarter
from settlement.returns.filing import Premises
from settlement.statements.drafter import Drafter, QuarterInputs

DRAFTED, WITHDRAWN = "statement.draft", "statement.withdraw"


class PresentDues:
    """Who is due in a quarter under a scheme, and on which inputs, as the books say at the moment of asking."""

    def __init__(self, db: Session, drafter: Drafter, quarter: Quarter, premises: Premises) -> None:
        self.drafter, self.quarter, self.premises = drafter, quarter, premises
        self._read(db)

    def _read(self, db: Session) -> None:
        self._seen = _head(db)  # before the facts: what is committed in between shows as newer than this
        self.inputs: QuarterInputs = self.drafter.read(db, self.quarter, self.premises)
        self.__dict__.pop("_digests", None)

    @cached_property
    def _digests(self) -> Mapping[int, str]:
        return {due.beneficiary.party_id: due.inputs_digest for due in self.inputs.dues}

    def digest_of(self, db: Session, party_id: int) -> str | None:
        """The digest of a beneficiary's inputs now; None where nothing is due to it."""
        query = select(AuditEntry.number).where(
            AuditEntry.number > self._seen, col(AuditEntry.act).not_in((DRAFTED, WITHDRAWN))
        )
        if db.exec(query.limit(1)).first() is not None:
            self._read(db)
        return self._digests.get(party_id)


def _head(db: Session) -> int:
    return db.exec(select(AuditHead.number)).one()
