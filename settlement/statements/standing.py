"""Whether statements still rest on the present facts, scheme by scheme; read only."""

from collections.abc import Iterable
from itertools import groupby

from sqlmodel import Session

from kernel.errors import Refused
from kernel.periods import Quarter
from kernel.policies import PolicySilent, PolicyUndecided
from settlement.returns.filing import Premises
from settlement.statements.models import Statement
from settlement.statements.schemes import drafter_of
from settlement.statements.workflow import DRAFT


def _group(statement: Statement) -> tuple[str, str]:
    return statement.scheme, statement.quarter


def outdated(db: Session, statements: Iterable[Statement], premises: Premises) -> set[int]:
    """The ids of the drafts among some statements that a new look would replace or withdraw.

    A newer certified return or figure, a newer version of a policy, a merger: whatever changed the inputs of the statement.
    """
    drafts = sorted((one for one in statements if one.state == DRAFT), key=_group)
    return {
        number for key, group in groupby(drafts, key=_group) for number in _moved_on(db, key, list(group), premises)
    }


def _moved_on(db: Session, key: tuple[str, str], drafts: list[Statement], premises: Premises) -> set[int]:
    try:
        inputs = drafter_of(key[0]).read(db, Quarter.parse(key[1]), premises)
    except (PolicySilent, PolicyUndecided, Refused):  # the policy no longer settles the quarter: nothing of it stands
        return {one.id or 0 for one in drafts}
    present = {due.beneficiary.party_id: due.inputs_digest for due in inputs.dues}
    return {one.id or 0 for one in drafts if present.get(one.beneficiary_id) != one.inputs_digest}
