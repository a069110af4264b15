"""The phase of statements: what their batch and their money say of them; read only."""

from collections.abc import Mapping, Sequence

from sqlmodel import Session

from kernel.web.edge import clock
from settlement.batches.models import Batch
from settlement.batches.phases import NOTICE_OVER, PHASES, notice_runs
from settlement.batches.reading import batches_by_statement
from settlement.batches.workflow import APPROVED, ON_NOTICE, OPEN, ORDERED, REJECTED, REVIEWED
from settlement.payments.settled import MoneyHad, money_had
from settlement.payments.workflow import PAID, PAYMENT_STATES
from settlement.statements.models import Statement
from settlement.statements.phase import COMPUTED_STEP, StatementPhase, phase_by_itself
from settlement.statements.workflow import DRAFT

RELEASED = 5
_STEPS = {REVIEWED: 3, APPROVED: 4, ON_NOTICE: 4, NOTICE_OVER: 4, ORDERED: RELEASED}


def phase_of_statement(statement: Statement, batch: Batch | None, had: MoneyHad, notice_is_on: bool) -> StatementPhase:
    """Computed, then what its batch says, then paid: when all that is due by the standing revision is settled and came as money."""
    if statement.state != DRAFT or batch is None or batch.state in (OPEN, REJECTED):
        return phase_by_itself(statement)
    if batch.state == ORDERED and had.paid > 0 and had.settled == statement.amount:
        return StatementPhase(PAID, PAYMENT_STATES[PAID], RELEASED)
    code = NOTICE_OVER if batch.state == ON_NOTICE and not notice_is_on else batch.state
    return StatementPhase(code, PHASES[code], _STEPS.get(code, COMPUTED_STEP))


def phases_of(db: Session, statements: Sequence[Statement]) -> Mapping[int, StatementPhase]:
    """The phase of each of some statements today, by row number; three queries whatever their number."""
    numbers, today = [one.number for one in statements], clock().today()
    batches, had = batches_by_statement(db, numbers), money_had(db, numbers)
    found = {}
    for one in statements:
        batch = batches.get(one.number)
        runs = batch is not None and notice_runs(batch, today)
        found[one.id or 0] = phase_of_statement(one, batch, had.get(one.number, MoneyHad()), runs)
    return found
