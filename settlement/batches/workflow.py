"""The states of a batch, the moves between them and whose they are (domain §6). Pure.

Operator, reviewer, approver and cashier sign one after the other, four different people. Return for change leads back to the start and
voids the signatures so far; they are kept. A rejection is kept too. Between approval and payment lies the public notice.
"""

from dataclasses import dataclass

from kernel.bilingual import Text

OPEN, SUBMITTED, REVIEWED, APPROVED, ON_NOTICE, ORDERED, REJECTED = (
    "open",
    "submitted",
    "reviewed",
    "approved",
    "on_notice",
    "ordered",
    "rejected",
)
STATES = {
    OPEN: Text("在编", "Open"),
    SUBMITTED: Text("已提交，待复核", "Submitted, to be reviewed"),
    REVIEWED: Text("已复核，待审批", "Reviewed, to be approved"),
    APPROVED: Text("已审批，待公示", "Approved, to be published"),
    ON_NOTICE: Text("公示", "On public notice"),
    ORDERED: Text("已下达拨付", "Released for payment"),
    REJECTED: Text("已否决", "Rejected"),
}
ENDED = (ORDERED, REJECTED)

AWARD, ADJUSTMENT, WITHDRAWAL = "award", "adjustment", "withdrawal"
KINDS = {
    AWARD: Text("奖补", "Award"),
    ADJUSTMENT: Text("调整", "Adjustment"),
    WITHDRAWAL: Text("撤回", "Withdrawal"),
}

INCLUDED, RENEWED, SET_ASIDE, UPHELD, DROPPED = "included", "renewed", "set_aside", "upheld", "dropped"
ITEM_STATES = {
    INCLUDED: Text("在批次里", "Included"),
    RENEWED: Text("已换成新稿", "Replaced by a newer revision"),
    SET_ASIDE: Text("已剔出", "Set aside"),
    UPHELD: Text("异议成立，不付", "Objection upheld, not paid"),
    DROPPED: Text("批次已否决", "The batch was rejected"),
}
SIGNED_FOR = (INCLUDED, UPHELD)  # what the signatures of a batch cover


@dataclass(frozen=True)
class BatchStep:
    """One row of the table of moves. `hand` moves leave a signature; `voids` moves void those that are there."""

    move: str
    source: str
    target: str
    role: str
    title: Text
    hand: bool = False
    voids: bool = False
    reasoned: bool = False


_SUBMIT, _REVIEW = Text("提交", "Submit"), Text("复核", "Review")
_APPROVE, _ORDER = Text("审批", "Approve"), Text("下达拨付", "Release for payment")
_PUBLISH, _RETURN = Text("发布公示", "Publish"), Text("退回修改", "Return for change")
_REJECT = Text("否决", "Reject")

STEPS = (
    BatchStep("submit", OPEN, SUBMITTED, "operator", _SUBMIT, hand=True),
    BatchStep("review", SUBMITTED, REVIEWED, "reviewer", _REVIEW, hand=True),
    BatchStep("approve", REVIEWED, APPROVED, "approver", _APPROVE, hand=True),
    BatchStep("publish", APPROVED, ON_NOTICE, "operator", _PUBLISH),
    BatchStep("order", ON_NOTICE, ORDERED, "cashier", _ORDER, hand=True),
    BatchStep("return", SUBMITTED, OPEN, "reviewer", _RETURN, voids=True, reasoned=True),
    BatchStep("return", REVIEWED, OPEN, "approver", _RETURN, voids=True, reasoned=True),
    BatchStep("return", APPROVED, OPEN, "approver", _RETURN, voids=True, reasoned=True),
    BatchStep("return", ON_NOTICE, OPEN, "cashier", _RETURN, voids=True, reasoned=True),
    BatchStep("reject", SUBMITTED, REJECTED, "reviewer", _REJECT, voids=True, reasoned=True),
    BatchStep("reject", REVIEWED, REJECTED, "approver", _REJECT, voids=True, reasoned=True),
)
MOVES = tuple(dict.fromkeys(step.move for step in STEPS))
HANDS = tuple(step for step in STEPS if step.hand)
HAND_ROLES = tuple(step.role for step in HANDS)


def step_from(state: str, move: str) -> BatchStep | None:
    """The row of the table for a move out of a state, if there is one."""
    return next((step for step in STEPS if step.source == state and step.move == move), None)


def steps_from(state: str) -> tuple[BatchStep, ...]:
    """Everything that may happen to a batch in a state."""
    return tuple(step for step in STEPS if step.source == state)
