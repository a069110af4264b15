"""What a party does with its own channels: add, try out, rotate the secret, pause, resume, end; and what the bureau sends anew."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.audit.service import record
from kernel.database import one_at_a_time
from kernel.errors import Conflict, FieldErrors, NotFound
from kernel.outbox.addresses import AddressRefused, checked
from kernel.outbox.delivering import about
from kernel.outbox.events import TRIAL
from kernel.outbox.models import Delivery, OutboxEvent, Subscription
from kernel.outbox.secret_box import SecretBox
from kernel.outbox.service import put_down, send_to
from kernel.outbox.signing import new_secret
from kernel.outbox.texts import declared_events
from kernel.outbox.workflow import ACTIVE, CHANNELS, DEAD, DROPPED, ENDED, PAUSED, PLATFORM, UNKNOWN, WAITING
from kernel.parties.models import Party

BOTH_VALID_FOR = timedelta(hours=24)
MOST_CHANNELS = 20
EVERYTHING = "*"
MAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}\Z")
MOBILE = re.compile(r"1[3-9]\d{9}\Z", re.ASCII)


@dataclass(frozen=True)
class WithSecret:
    """A channel with the secret that is shown this once (None for channels that sign nothing)."""

    subscription: Subscription
    secret: str | None


def channels_of(db: Session, caller: Caller) -> list[Subscription]:
    """The caller's organisation's channels that are not ended, oldest first."""
    mine = (col(Subscription.party_id) == caller.organisation_id) & (col(Subscription.state) != ENDED)
    return list(db.exec(select(Subscription).where(mine).order_by(col(Subscription.id))))


def own_channel(db: Session, caller: Caller, subscription_id: int) -> Subscription:
    """One of them; another's is NotFound, like none."""
    mine = (col(Subscription.id) == subscription_id) & (col(Subscription.party_id) == caller.organisation_id)
    query = select(Subscription).where(mine, col(Subscription.state) != ENDED)
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("channel_not_found", "没有这个消息通道", "There is no such channel")
    return found


def add_channel(
    db: Session,
    caller: Caller,
    *,
    channel: str,
    address: str,
    events: Iterable[str],
    box: SecretBox,
    local: bool,
    at: datetime,
    platforms: Collection[str] = (),
) -> WithSecret:
    """A new channel. Invalid for an address that is none or lies inside; Conflict for the same address twice.

    `platforms` are the connectors set up here: a bureau may have its records pushed to one of them.
    """
    wanted = _wanted(events)
    errors = FieldErrors()
    if channel == PLATFORM:
        _check_platform(caller, address, errors, platforms)
    else:
        _check_address(channel, address, errors, local=local)
    _check_events(wanted, errors)
    errors.raise_if_any()
    one_at_a_time(db, Party, caller.organisation_id)
    _check_room(channels_of(db, caller), channel, address)
    secret = new_secret() if channel == "webhook" else None
    made = Subscription(
        party_id=caller.organisation_id,
        channel=channel,
        address=address,
        events=wanted,
        secret=box.seal(secret, about=about(caller.organisation_id)) if secret else None,
        made_at=at,
        made_by=caller.account_id,
    )
    db.add(made)
    db.flush()
    _record(db, caller, made, "add", at, {"channel": channel, "events": wanted})
    return WithSecret(made, secret)


def _wanted(events: Iterable[str]) -> str:
    names = sorted(set(events))
    return EVERYTHING if not names or EVERYTHING in names else " ".join(names)


def _check_address(channel: str, address: str, errors: FieldErrors, *, local: bool) -> None:
    if channel not in CHANNELS:
        errors.add("channel", "unknown_channel", "选一种通道", "Choose a kind of channel")
    elif channel == "mail" and not MAIL.match(address):
        errors.add("address", "not_an_address", "邮箱写得不对，例如 hui@hengrun.cn", "This is not a mail address")
    elif channel == "sms" and not MOBILE.match(address):
        errors.add("address", "not_a_number", "填 11 位手机号", "Write a mobile number of 11 digits")
    elif channel == "webhook":
        try:
            checked(address, local=local)
        except AddressRefused as error:
            errors.add("address", error.code, error.text.zh, error.text.en)


def _check_platform(caller: Caller, address: str, errors: FieldErrors, platforms: Collection[str]) -> None:
    if caller.organisation_kind != "bureau" or address not in platforms:
        errors.add("address", "unknown_platform", "这里没有接这个平台", "This platform is not connected here")


def _check_events(wanted: str, errors: FieldErrors) -> None:
    known = {words.name for words in declared_events()}
    if wanted != EVERYTHING and not set(wanted.split()) <= known:
        errors.add("events", "unknown_event", "从列出的消息里选", "Choose among the listed events")


def _check_room(present: list[Subscription], channel: str, address: str) -> None:
    if any((one.channel, one.address) == (channel, address) for one in present):
        raise Conflict("channel_exists", "这个地址已经在用了", "This address is in use already")
    if len(present) >= MOST_CHANNELS:
        raise Conflict(
            "too_many_channels", f"最多 {MOST_CHANNELS} 个通道，先取消一个", f"{MOST_CHANNELS} channels at most"
        )


def _record(
    db: Session, caller: Caller, channel: Subscription, act: str, at: datetime, detail: dict[str, object] | None = None
) -> None:
    record(db, f"channel.{act}", by=caller.actor, subject=("outbox_subscription", channel.id), at=at, detail=detail)


def try_out(db: Session, caller: Caller, subscription_id: int, *, at: datetime) -> Delivery:
    """Send a trial letter to this channel alone."""
    channel = own_channel(db, caller, subscription_id)
    if channel.state != ACTIVE:
        raise Conflict("channel_paused", "通道暂停着，先恢复再测试", "The channel is paused; resume it first")
    facts = {"party": caller.organisation_name}
    event = put_down(
        db, TRIAL.name, party_id=channel.party_id, subject=("outbox_subscription", subscription_id), facts=facts, at=at
    )
    delivery = send_to(db, event, channel, at=at)
    _record(db, caller, channel, "try", at)
    return delivery


def rotate(db: Session, caller: Caller, subscription_id: int, *, box: SecretBox, at: datetime) -> WithSecret:
    """A new secret, shown once; the one before stays valid for a day, so that nothing is lost while the receiver changes over."""
    channel = own_channel(db, caller, subscription_id)
    if channel.secret is None:
        raise Conflict("no_secret", "这种通道没有密钥", "This kind of channel has no secret")
    secret = new_secret()
    guard = update(Subscription).where(
        col(Subscription.id) == subscription_id, col(Subscription.secret) == channel.secret
    )
    values = {
        "secret": box.seal(secret, about=about(channel.party_id)),
        "previous_secret": channel.secret,
        "previous_until": at + BOTH_VALID_FOR,
    }
    if not db.execute(guard.values(**values)).rowcount:  # type: ignore[attr-defined]
        raise Conflict("channel_changed", "密钥刚刚换过", "The secret has just been rotated")
    _record(db, caller, channel, "rotate", at)
    return WithSecret(own_channel(db, caller, subscription_id), secret)


def _move(
    db: Session, caller: Caller, subscription_id: int, act: str, sources: tuple[str, ...], target: str, at: datetime
) -> None:
    channel = own_channel(db, caller, subscription_id)
    guard = update(Subscription).where(col(Subscription.id) == subscription_id, col(Subscription.state).in_(sources))
    if not db.execute(guard.values(state=target)).rowcount:  # type: ignore[attr-defined]
        raise Conflict(
            "channel_changed", "通道的状态已经变了，刷新后再看", "The channel has moved on; reload and look again"
        )
    _record(db, caller, channel, act, at)


def pause(db: Session, caller: Caller, subscription_id: int, *, at: datetime) -> None:
    """Hold letters back; they collect and go out when the channel is resumed."""
    _move(db, caller, subscription_id, "pause", (ACTIVE,), PAUSED, at)


def resume(db: Session, caller: Caller, subscription_id: int, *, at: datetime) -> None:
    """Let letters go out again."""
    _move(db, caller, subscription_id, "resume", (PAUSED,), ACTIVE, at)


def end(db: Session, caller: Caller, subscription_id: int, *, at: datetime) -> None:
    """Give the channel up; what still waits is dropped."""
    _move(db, caller, subscription_id, "end", (ACTIVE, PAUSED), ENDED, at)
    waiting = (col(Delivery.subscription_id) == subscription_id) & col(Delivery.state).in_((WAITING, UNKNOWN))
    db.execute(update(Delivery).where(waiting).values(state=DROPPED))


def send_again(db: Session, caller: Caller, delivery_id: int, *, everybodys: bool, at: datetime) -> None:
    """Put a dead letter back on its way, under the reference it always had. `everybodys`: the bureau may for every party."""
    query = (
        select(Delivery, Subscription)
        .join(OutboxEvent, col(OutboxEvent.id) == col(Delivery.event_id))
        .join(Subscription, col(Subscription.id) == col(Delivery.subscription_id))
        .where(Delivery.id == delivery_id)
    )
    if not everybodys:
        query = query.where(OutboxEvent.party_id == caller.organisation_id)
    found = db.exec(query).first()
    if found is None:
        raise NotFound("delivery_not_found", "没有这条消息", "There is no such message")
    guard = update(Delivery).where(col(Delivery.id) == delivery_id, col(Delivery.state) == DEAD)
    if found[1].state == ENDED or not db.execute(guard.values(state=WAITING, tries=0, due_at=at)).rowcount:  # type: ignore[attr-defined]
        raise Conflict("not_dead", "只有发不出去的消息能重发", "Only a message that was given up can be sent again")
    record(db, "delivery.resend", by=caller.actor, subject=("outbox_delivery", delivery_id), at=at)
