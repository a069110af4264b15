"""Channels and deliveries as JSON, each organisation its own."""

from typing import Any

from flask import current_app

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.outbox import reading, subscriptions
from kernel.outbox.delivering import PostOffice
from kernel.outbox.models import Subscription
from kernel.outbox.pulling import PullOffice
from kernel.outbox.schemas import (
    ChannelOut,
    ChannelSchema,
    ChannelWithSecretOut,
    DeliveriesAskedSchema,
    DeliveriesOut,
)
from kernel.outbox.subscriptions import WithSecret
from kernel.web.api_blueprint import Blueprint
from kernel.web.edge import clock
from kernel.web.paging import asked_from

KEEPERS = (
    "product_manager",
    "checker",
    "owner",
    "organiser",
    "system_administrator",
)  # who sets up their party's channels
WATCHERS = ("organiser", "system_administrator")  # who looks after what fails anywhere

blueprint = Blueprint(
    "outbox-api", __name__, url_prefix="/api/v1/channels", description="Notices out: channels and deliveries"
)


def office() -> PostOffice:
    """The post office of the present app."""
    found = current_app.extensions["outbox"]
    assert isinstance(found, PostOffice)
    return found


def pull_office() -> PullOffice:
    """The platforms of the present app."""
    found = current_app.extensions["pull_office"]
    assert isinstance(found, PullOffice)
    return found


def channel_options() -> dict[str, Any]:
    """What adding a channel needs of this service: the box for secrets, the platforms, whether 127.0.0.1 may be called."""
    local = bool(current_app.extensions["settings"].webhook_local)
    return {"box": office().box, "local": local, "platforms": pull_office().platforms}


@blueprint.get("")
@blueprint.response(200, ChannelOut(many=True))
@requires(*KEEPERS)
def list_channels() -> list[Subscription]:
    """The organisation's channels."""
    return subscriptions.channels_of(database.current(), caller())


@blueprint.post("")
@blueprint.arguments(ChannelSchema)
@blueprint.response(201, ChannelWithSecretOut)
@requires(*KEEPERS, secret=True)
def add_channel(values: dict[str, Any]) -> WithSecret:
    """A new channel; a webhook's secret is in this answer only."""
    return subscriptions.add_channel(database.current(), caller(), **values, **channel_options(), at=clock().now())


@blueprint.post("/<int:subscription_id>/secret")
@blueprint.response(201, ChannelWithSecretOut)
@requires(*KEEPERS, secret=True)
def rotate(subscription_id: int) -> WithSecret:
    """A new secret, in this answer only; the old one stays valid for 24 hours."""
    return subscriptions.rotate(database.current(), caller(), subscription_id, box=office().box, at=clock().now())


@blueprint.delete("/<int:subscription_id>")
@blueprint.response(204)
@requires(*KEEPERS)
def end_channel(subscription_id: int) -> None:
    """Give a channel up; what still waits is dropped."""
    subscriptions.end(database.current(), caller(), subscription_id, at=clock().now())


@blueprint.get("/deliveries")
@blueprint.arguments(DeliveriesAskedSchema, location="query")
@blueprint.response(200, DeliveriesOut)
@requires(*KEEPERS)
def list_deliveries(args: dict[str, Any]) -> Any:
    """The organisation's messages on their ways, the newest first."""
    wanted = {"state": args["state"], "channel": args["channel"]}
    return reading.own_deliveries(database.current(), caller(), asked_from(args), **wanted)
