"""Whether statements still rest on the present facts, scheme by scheme; read only."""

from collections.abc import Iterable, Mapping

from sqlmodel import Session, col, select

from kernel.audit.models import AuditEntry
from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicySilent, PolicyUndecided
from settlement.returns.filing import Premises
from settlement.statements.models import Statement
from settlement.statements.present import DRAFTED, WITHDRAWN
from settlement.statements.schemes import drafter_of
from settlement.statements.workflow import DRAFT

Group = tuple[str, str]
Present = Mapping[int, str]  # by beneficiary, the digest of the inputs as the books stand


def _group(statement: Statement) -> Group:
    return statement.scheme, statement.quarter


def outdated(db: Session, statements: Iterable[Statement], premises: Premises) -> set[int]:
    """The ids of the drafts among some statements that a new look would replace or withdraw.

    A newer certified return or figure, a newer version of a policy, a merger: whatever changed the inputs of the statement.
    """
    return _moved_on(db, statements, premises, {})


def _moved_on(
    db: Session, statements: Iterable[Statement], premises: Premises, known: dict[Group, Present]
) -> set[int]:
    drafts = [one for one in statements if one.state == DRAFT]
    for key in {_group(one) for one in drafts} - known.keys():
        known[key] = _present(db, key, premises)
    return {one.id or 0 for one in drafts if known[_group(one)].get(one.beneficiary_id) != one.inputs_digest}


def _present(db: Session, key: Group, premises: Premises) -> Present:
    try:
        inputs = drafter_of(key[0]).read(db, Quarter.parse(key[1]), premises)
    except (PolicySilent, PolicyUndecided, Refused):  # the policy no longer settles the quarter: nothing of it stands
        return {}
    return {due.beneficiary.party_id: due.inputs_digest for due in inputs.dues}


class Standings:
    """The same for pages, which look far more often than facts change: what was read is kept until the trail or the policies move on.

    Every change of facts leaves an entry in the trail, whose digest stands for all before it. Whoever signs or pays asks `outdated`.
    """

    def __init__(self) -> None:
        self._kept: tuple[tuple[str, str], dict[Group, Present]] = (("", ""), {})

    def outdated(self, db: Session, statements: Iterable[Statement], premises: Premises) -> set[int]:
        """As `outdated`."""
        stand = (_newest_fact(db), premises.book.digest)
        kept = self._kept  # taken once: another thread may meanwhile keep what it read
        if kept[0] != stand:
            kept = self._kept = (stand, {})
        return _moved_on(db, statements, premises, kept[1])


def _newest_fact(db: Session) -> str:
    """The digest of the newest entry of the trail that is more than drafting."""
    query = select(AuditEntry.digest).where(col(AuditEntry.act).not_in((DRAFTED, WITHDRAWN)))
    return db.exec(query.order_by(col(AuditEntry.number).desc()).limit(1)).first() or ""
