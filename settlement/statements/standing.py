"""Whether statements still rest on the present facts, scheme by scheme; read only."""

from collections.abc import Callable, Iterable, Mapping

from sqlmodel import Session

from kernel.audit.remembering import Remembering
from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicySilent, PolicyUndecided
from settlement.returns.filing import Premises
from settlement.statements.models import Statement
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
    return _moved_on(statements, lambda group: _present(db, group, premises))


def outdated_shown(
    db: Session, statements: Iterable[Statement], premises: Premises, remembering: Remembering
) -> set[int]:
    """The same for pages, which look far more often than facts change: remembered until the books do."""

    def read(group: Group) -> Present:
        key = ("statements.present", *group, premises.book.digest)
        return remembering.of(db, key, lambda: _present(db, group, premises))

    return _moved_on(statements, read)


def _moved_on(statements: Iterable[Statement], read: Callable[[Group], Present]) -> set[int]:
    drafts = [one for one in statements if one.state == DRAFT]
    present = {group: read(group) for group in {_group(one) for one in drafts}}
    return {one.id or 0 for one in drafts if present[_group(one)].get(one.beneficiary_id) != one.inputs_digest}


def _present(db: Session, group: Group, premises: Premises) -> Present:
    try:
        inputs = drafter_of(group[0]).read(db, Quarter.parse(group[1]), premises)
    except (PolicySilent, PolicyUndecided, Refused):  # the policy no longer settles the quarter: nothing of it stands
        return {}
    return {due.beneficiary.party_id: due.inputs_digest for due in inputs.dues}
