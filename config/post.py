"""The post office of this service: the ways out that its settings open."""

from collections.abc import Mapping

from config.settings import Settings
from kernel import database
from kernel.outbox.connectors import load_connectors, load_entrances
from kernel.outbox.delivering import PostOffice
from kernel.outbox.letters import Channel, Post
from kernel.outbox.mail import MailChannel, MailServer
from kernel.outbox.pulling import PullOffice
from kernel.outbox.rest import MESSAGE, Platform, PlatformChannel, TextMessageChannel
from kernel.outbox.secret_box import SecretBox
from kernel.outbox.webhooks import WebhookChannel
from kernel.web.edge import clock
from matchmaking.calendars.reading import CalendarOffice
from matchmaking.calendars.service import attached
from matchmaking.recommendations.intake import INTAKES
from matchmaking.video.rooms import VideoHosts


def mail_server(settings: Settings) -> MailServer | None:
    """Where mail is handed in; None where no host is set."""
    if not settings.smtp_host:
        return None
    return MailServer(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from or f"yinqi@{settings.smtp_host}",
        settings.smtp_username,
        settings.smtp_password,
        settings.smtp_security,
    )


def pull_office(settings: Settings) -> PullOffice:
    """Every platform that has both a description and an entrance."""
    connectors, entrances = load_connectors(settings.connectors_dir), load_entrances(settings.entrances)
    platforms = {
        name: Platform(connectors[name], entrance, settings.webhook_local)
        for name, entrance in entrances.items()
        if name in connectors
    }
    return PullOffice(platforms, INTAKES, connectors)


def post_office(settings: Settings, platforms: Mapping[str, Platform]) -> PostOffice:
    """Webhooks always, mail where a server is set, platforms and text messages where there is an entrance to one."""
    channels: dict[str, Channel] = {"webhook": WebhookChannel(settings.webhook_local)}
    server = mail_server(settings)
    if server is not None:
        channels["mail"] = MailChannel(server)
    if platforms:
        channels["platform"] = PlatformChannel(platforms)
    sender = next((one for one in platforms.values() if MESSAGE in one.connector.pushes), None)
    if sender is not None:
        channels["sms"] = TextMessageChannel(sender)
    calendars = calendar_office(settings)
    return PostOffice(
        Post(channels),
        SecretBox(settings.channel_sealing_key),
        lambda letter: attached(database.current(), letter, calendars, at=clock().now()),
    )


def calendar_office(settings: Settings) -> CalendarOffice:
    """The address and the video hosts that calendar entries name."""
    return CalendarOffice(settings.base_url, VideoHosts(settings.video_hosts, settings.channel_sealing_key.encode()))
