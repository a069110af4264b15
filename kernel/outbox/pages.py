"""消息: what a party was told, its channels and their deliveries; for the bureau, what fails anywhere."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlmodel import col

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.accounts.roles import ROLES
from kernel.bilingual import Text
from kernel.errors import Conflict, Invalid
from kernel.outbox import reading, subscriptions
from kernel.outbox.api import KEEPERS, WATCHERS, channel_options, office, pull_office
from kernel.outbox.models import Delivery, OutboxEvent
from kernel.outbox.reading import DeliveryLine
from kernel.outbox.schemas import ChannelSchema, DeliveriesAskedSchema, FailingAskedSchema
from kernel.outbox.texts import declared_events
from kernel.outbox.workflow import CHANNELS, DELIVERY_STATES, FAILING_STATES, OUTCOMES, SUBSCRIPTION_STATES, goes_to
from kernel.parties.models import Party
from kernel.web.edge import clock
from kernel.web.forms import Form, asked_of_url, load_form
from kernel.web.lists import ListColumn, ListLayout, list_page
from kernel.web.navigation import EVERY_ROLE, NavigationItem
from kernel.web.paging import DaysAskedSchema, Page

blueprint = Blueprint("outbox", __name__, url_prefix="/messages")

NAVIGATION = [NavigationItem("outbox.messages", Text("消息", "Notices"), EVERY_ROLE)]
STATE_TONES = {"delivered": "ok", "dead": "stop", "unknown": "wait", "waiting": "", "sending": "dai", "dropped": "out"}
MESSAGES = ListLayout(
    "messages",
    Text("收到的消息", "Notices received"),
    (
        ListColumn("made_at", Text("什么时候", "When"), "made_at", col(OutboxEvent.made_at)),
        ListColumn("event", Text("事由", "Event"), "event.event"),
        ListColumn("title", Text("说什么", "What it says"), "title"),
        ListColumn("body", Text("内容", "Detail"), "body"),
    ),
)
DELIVERIES = ListLayout(
    "deliveries",
    Text("发出的消息", "Notices sent"),
    (
        ListColumn("party", Text("发给谁", "To whom"), "party.name", col(Party.name)),
        ListColumn("event", Text("事由", "Event"), "event.event"),
        ListColumn("made_at", Text("什么时候", "When"), "event.made_at", col(OutboxEvent.made_at)),
        ListColumn("channel", Text("通道", "Channel"), "channel.channel", titles=CHANNELS),
        ListColumn("address", Text("发到哪里", "Address"), "masked"),
        ListColumn("state", Text("状态", "State"), "delivery.state", col(Delivery.state), DELIVERY_STATES),
        ListColumn("attempts", Text("试了几次", "Attempts"), "delivery.attempts", col(Delivery.attempts)),
        ListColumn("answer", Text("最近一次", "Last attempt"), lambda line: line.last.answer if line.last else None),
    ),
)


@blueprint.context_processor
def _words() -> dict[str, Any]:
    return {
        "CHANNELS": CHANNELS,
        "DELIVERY_STATES": DELIVERY_STATES,
        "SUBSCRIPTION_STATES": SUBSCRIPTION_STATES,
        "OUTCOMES": OUTCOMES,
        "STATE_TONES": STATE_TONES,
        "may_keep": caller().role in KEEPERS,
        "may_watch": caller().role in WATCHERS,
    }


@blueprint.get("")
@requires(*ROLES)
def messages() -> ResponseReturnValue:
    """What the organisation was told."""
    asked = asked_of_url(DaysAskedSchema())
    days = {"since": asked["since"], "until": asked["until"]}
    return list_page(
        MESSAGES,
        asked,
        lambda part: reading.messages_of(database.current(), caller(), part, **days),
        lambda page: render_template("outbox/messages.html", page=page, **days),
    )


@blueprint.get("/channels")
@requires(*KEEPERS)
def channels() -> ResponseReturnValue:
    return _channels_page(Form({"channel": "mail"}))


def _channels_page(form: Form, secret: str | None = None, status: int = 200) -> ResponseReturnValue:
    asked = asked_of_url(DeliveriesAskedSchema())
    wanted = {"state": asked["state"], "channel": asked["channel"]}
    return list_page(
        DELIVERIES,
        asked,
        lambda part: reading.own_deliveries(database.current(), caller(), part, **wanted),
        lambda deliveries: (_channels_html(form, secret, deliveries, asked), status),
    )


def _channels_html(form: Form, secret: str | None, deliveries: Page[DeliveryLine], asked: dict[str, Any]) -> str:
    db = database.current()
    return render_template(
        "outbox/channels.html",
        form=form,
        secret=secret,
        channels=subscriptions.channels_of(db, caller()),
        deliveries=deliveries,
        asked=asked,
        events=[
            (words.name, words.label or words.subject) for words in declared_events() if goes_to("mail", words.name)
        ],
        platforms=pull_office().platforms if caller().organisation_kind == "bureau" else {},
        ways=office().post.channels,
        now=clock().now(),
    )


@blueprint.post("/channels")
@requires(*KEEPERS, secret=True)
def add() -> ResponseReturnValue:
    values, form = load_form(ChannelSchema())
    if values is None:
        return _channels_page(form, status=422)
    try:
        made = subscriptions.add_channel(database.current(), caller(), **values, **channel_options(), at=clock().now())
    except Invalid as error:
        return _channels_page(form.take(error), status=422)
    except Conflict as error:
        form.errors["address"] = error.text
        return _channels_page(form, status=422)
    flash(_("通道加好了"), "ok")
    return _channels_page(Form({"channel": "mail"}), secret=made.secret)


@blueprint.post("/channels/<int:subscription_id>/secret")
@requires(*KEEPERS, secret=True)
def rotate(subscription_id: int) -> ResponseReturnValue:
    """The new secret stands on the answer and nowhere else."""
    made = subscriptions.rotate(database.current(), caller(), subscription_id, box=office().box, at=clock().now())
    return _channels_page(Form({"channel": "mail"}), secret=made.secret)


def _back(words: str) -> ResponseReturnValue:
    flash(words, "ok")
    return redirect(url_for("outbox.channels"))


@blueprint.post("/channels/<int:subscription_id>/trial")
@requires(*KEEPERS)
def try_out(subscription_id: int) -> ResponseReturnValue:
    subscriptions.try_out(database.current(), caller(), subscription_id, at=clock().now())
    return _back(_("测试消息在路上，一分钟内看结果"))


@blueprint.post("/channels/<int:subscription_id>/pause")
@requires(*KEEPERS)
def pause(subscription_id: int) -> ResponseReturnValue:
    subscriptions.pause(database.current(), caller(), subscription_id, at=clock().now())
    return _back(_("暂停了；期间的消息先攒着，恢复后再发"))


@blueprint.post("/channels/<int:subscription_id>/resume")
@requires(*KEEPERS)
def resume(subscription_id: int) -> ResponseReturnValue:
    subscriptions.resume(database.current(), caller(), subscription_id, at=clock().now())
    return _back(_("恢复了"))


@blueprint.post("/channels/<int:subscription_id>/end")
@requires(*KEEPERS)
def end(subscription_id: int) -> ResponseReturnValue:
    subscriptions.end(database.current(), caller(), subscription_id, at=clock().now())
    return _back(_("取消了，这个地址不再收到消息"))


@blueprint.post("/deliveries/<int:delivery_id>/again")
@requires(*KEEPERS)
def send_again(delivery_id: int) -> ResponseReturnValue:
    everybodys = caller().role in WATCHERS
    subscriptions.send_again(database.current(), caller(), delivery_id, everybodys=everybodys, at=clock().now())
    flash(_("放回去重发了，一分钟内看结果"), "ok")
    return redirect(url_for("outbox.failing" if request.form.get("from") == "failing" else "outbox.channels"))


@blueprint.get("/failing")
@requires(*WATCHERS)
def failing() -> ResponseReturnValue:
    """Every party's messages that do not get through, without what they say."""
    asked = asked_of_url(FailingAskedSchema())
    wanted = {"state": asked["state"], "channel": asked["channel"]}
    return list_page(
        DELIVERIES,
        asked,
        lambda part: reading.failing_deliveries(database.current(), part, **wanted),
        lambda page: render_template("outbox/failing.html", page=page, asked=asked, FAILING_STATES=FAILING_STATES),
    )
