"""The delivery pass: intent, send under a fixed reference, confirm; nothing is sent inside a transaction (reliability rule 6).

After a kill at any point the next pass finds what was begun, calls it unknown, and sends it again under the same reference, by
which the receiver knows it: delivered at least once, effective once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

import structlog
from sqlalchemy import Update, func, update
from sqlmodel import Session, col, select

from kernel import database
from kernel.outbox.backoff import wait_after
from kernel.outbox.letters import Attach, Letter, Post, TryResult
from kernel.outbox.models import Delivery, DeliveryAttempt, OutboxEvent, Subscription
from kernel.outbox.secret_box import SecretBox, SecretUnreadable
from kernel.outbox.workflow import ACTIVE, DEAD, DELIVERED, DUE_STATES, OPEN_STATES, SENDING, UNKNOWN, WAITING

LEASE = timedelta(minutes=2)  # longer than any try lasts: a sender still at work is left alone
MOST_A_PASS = 200

log = structlog.get_logger()
Now = Callable[[], datetime]


@dataclass(frozen=True)
class PostOffice:
    """What a pass needs: the ways out, the box that opens secrets, and what a feature attaches to its letters."""

    post: Post
    box: SecretBox
    attach: Attach = lambda _letter: ()


@dataclass(frozen=True)
class _Begun:
    """A claimed try."""

    delivery_id: int
    number: int
    tries: int
    letter: Letter


def deliver_due(db: Session, office: PostOffice, *, now: Now) -> dict[str, int]:
    """Send everything that is due; how the tries ended. A channel whose try failed is left alone for the rest of the pass."""
    counts = {"delivered": 0, "refused": 0, "unknown": 0, "lost": 0}
    counts["lost"] = database.write(db, lambda db: _note_lost(db, now()))
    failed: set[int] = set()
    for delivery_id, subscription_id in _due(db, office.post, now()):
        if subscription_id in failed:
            continue
        outcome = _deliver(db, delivery_id, office, now)
        if outcome is not None:
            counts[outcome] += 1
            failed |= {subscription_id} if outcome != "delivered" else set()
    return counts


def _due(db: Session, post: Post, at: datetime) -> list[tuple[int, int]]:
    """The first of every channel, then the second of every channel, …: one with a thousand letters holds up nobody else's."""
    age = (col(Delivery.due_at), col(Delivery.id))
    place = func.row_number().over(partition_by=col(Delivery.subscription_id), order_by=age)
    query = (
        select(Delivery.id, Delivery.subscription_id)
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(
            col(Delivery.state).in_(DUE_STATES),
            col(Delivery.due_at) <= at,
            Subscription.state == ACTIVE,
            col(Subscription.channel).in_(list(post.channels)),
        )
        .order_by(place, *age)
        .limit(MOST_A_PASS)
    )
    return [(one or 0, other) for one, other in db.exec(query)]


def _deliver(db: Session, delivery_id: int, office: PostOffice, now: Now) -> str | None:
    """One try, or None where another pass has it."""
    begun = database.write(db, lambda db: _begin(db, delivery_id, office.box, now()))
    if begun is None:
        return None
    answer = _tried(begun, office, now())
    database.write(db, partial(_close, begun=begun, answer=answer, at=now()))
    return answer.outcome


def _tried(begun: _Begun, office: PostOffice, at: datetime) -> TryResult:
    """The try itself, outside any transaction; a slip of our own is logged and counts as not known."""
    try:
        letter = replace(begun.letter, attachments=office.attach(begun.letter))
        return office.post.channels[letter.channel].send(letter, at=at)
    except Exception as error:
        log.exception("delivery_failed", delivery_id=begun.delivery_id)
        return TryResult("unknown", f"own_fault:{type(error).__name__}")


def _note_lost(db: Session, at: datetime) -> int:
    """What was begun and never ended: whether it arrived is not known. How many."""
    old = (col(Delivery.state) == SENDING) & (col(Delivery.begun_at) <= at - LEASE)
    open_tries = col(DeliveryAttempt.outcome).is_(None) & col(DeliveryAttempt.delivery_id).in_(
        select(Delivery.id).where(old)
    )
    db.execute(update(DeliveryAttempt).where(open_tries).values(outcome="unknown", answer="cut_off", ended_at=at))
    return _rows(db, update(Delivery).where(old).values(state=UNKNOWN, due_at=at))


def _rows(db: Session, statement: Update) -> int:
    return int(db.execute(statement).rowcount)  # type: ignore[attr-defined]


def _begin(db: Session, delivery_id: int, box: SecretBox, at: datetime) -> _Begun | None:
    """Claim the next try and write it down before anything is sent."""
    delivery, event, channel = db.exec(
        select(Delivery, OutboxEvent, Subscription)
        .join(OutboxEvent, col(OutboxEvent.id) == col(Delivery.event_id))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(Delivery.id == delivery_id)
        .execution_options(populate_existing=True)
    ).one()
    number, tries, unsure = delivery.attempts + 1, delivery.tries + 1, delivery.state == UNKNOWN
    live = select(Subscription.id).where(Subscription.state == ACTIVE)
    guard = update(Delivery).where(
        col(Delivery.id) == delivery_id,
        col(Delivery.state).in_(DUE_STATES),
        col(Delivery.due_at) <= at,
        col(Delivery.attempts) == delivery.attempts,
        col(Delivery.subscription_id).in_(live),
    )
    if not _rows(db, guard.values(state=SENDING, attempts=number, tries=tries, begun_at=at)):
        return None
    db.add(DeliveryAttempt(delivery_id=delivery_id, number=number, begun_at=at))
    return _Begun(delivery_id, number, tries, _letter(delivery, event, channel, box, at, unsure=unsure))


def _letter(
    delivery: Delivery, event: OutboxEvent, channel: Subscription, box: SecretBox, at: datetime, *, unsure: bool
) -> Letter:
    return Letter(
        reference=delivery.reference,
        channel=channel.channel,
        address=channel.address,
        event=event.event,
        party_id=event.party_id,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        facts=json.loads(event.facts),
        made_at=event.made_at,
        keys=valid_keys(channel, box, at),
        unsure=unsure,
    )


def valid_keys(channel: Subscription, box: SecretBox, at: datetime) -> tuple[str, ...]:
    """The secrets that are valid at a moment, the newest first; none where the channel has none or they cannot be opened."""
    sealed = [channel.secret]
    if channel.previous_until is not None and at < channel.previous_until:
        sealed.append(channel.previous_secret)
    try:
        return tuple(box.open(one, about=about(channel.party_id)) for one in sealed if one is not None)
    except SecretUnreadable:
        log.warning("secret_unreadable", subscription_id=channel.id)
        return ()


def about(party_id: int) -> str:
    """What a sealed secret is bound to."""
    return f"outbox subscription of party {party_id}"


def _close(db: Session, *, begun: _Begun, answer: TryResult, at: datetime) -> None:
    """Write down what came of the try; a receipt counts even if the try was given up for lost meanwhile."""
    mine = (col(Delivery.id) == begun.delivery_id) & (col(Delivery.attempts) == begun.number)
    if answer.outcome == "delivered":
        still_open = (col(Delivery.id) == begun.delivery_id) & col(Delivery.state).in_(OPEN_STATES)
        _rows(db, update(Delivery).where(still_open).values(state=DELIVERED, delivered_at=at))
    else:
        _rows(
            db, update(Delivery).where(mine, col(Delivery.state) == SENDING).values(**_after_failure(begun, answer, at))
        )
    own = (col(DeliveryAttempt.delivery_id) == begun.delivery_id) & (col(DeliveryAttempt.number) == begun.number)
    told = {"ended_at": at, "outcome": answer.outcome, "answer": answer.answer[:200]}
    db.execute(update(DeliveryAttempt).where(own).values(**told))


def _after_failure(begun: _Begun, answer: TryResult, at: datetime) -> dict[str, object]:
    wait = None if answer.final else wait_after(begun.tries, retry_after=answer.retry_after)
    if wait is None:
        return {"state": DEAD}
    return {"state": UNKNOWN if answer.outcome == "unknown" else WAITING, "due_at": at + wait}
