"""The phase of a batch: how far it has come, in which part of the quarter's calendar, whom it waits for and until when. Pure.

Every page, file and letter that names a state or a last day takes it from here, so that one day is never told in two ways.
"""

from dataclasses import dataclass
from datetime import date

from kernel.accounts.roles import BUREAU_ROLES
from kernel.bilingual import Text
from settlement.batches.models import Batch
from settlement.batches.workflow import APPROVED, HANDS, ON_NOTICE, ORDERED, STATES
from settlement.calendar import Season

REVIEW, NOTICE, PAYMENT = (
    Text("复核", "Review"),
    Text("公示", "Public notice"),
    Text("联审与拨付", "Joint approval and payment"),
)
NOTICE_OVER = "notice_over"
PHASES = {**STATES, NOTICE_OVER: Text("公示期满，待下达拨付", "Notice over, to be released for payment")}


@dataclass(frozen=True)
class BatchPhase:
    """Where a batch stands: `code` is its state, or `notice_over` once its notice has ended and nobody has released it."""

    code: str
    part: Text
    waits_for: Text
    until: date

    @property
    def title(self) -> Text:
        return PHASES[self.code]


def notice_runs(batch: Batch, today: date) -> bool:
    """Whether the public notice runs: objections are taken, and nothing is paid."""
    return batch.state == ON_NOTICE and batch.notice_until is not None and today <= batch.notice_until


def phase_of(batch: Batch, season: Season, today: date) -> BatchPhase:
    """The phase of a batch by the calendar of its quarter; the notice ends on the day that was published with it."""
    if notice_runs(batch, today):
        assert batch.notice_until is not None
        return BatchPhase(ON_NOTICE, NOTICE, NOTICE, batch.notice_until)
    if batch.state == APPROVED:
        return BatchPhase(APPROVED, NOTICE, BUREAU_ROLES["operator"], season.review_until)
    step = next((one for one in HANDS if one.source == batch.state), None)
    if step is None:
        return BatchPhase(batch.state, PAYMENT, PAYMENT, season.payment_until)
    hand = BUREAU_ROLES[step.role]
    if step.target == ORDERED:
        return BatchPhase(NOTICE_OVER, PAYMENT, hand, season.payment_until)
    return BatchPhase(batch.state, REVIEW, hand, season.review_until)
