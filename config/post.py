"""The post office of this service: the ways out that its settings open."""

from config.settings import Settings
from kernel.outbox.delivering import PostOffice
from kernel.outbox.letters import Channel, Post
from kernel.outbox.mail import MailChannel, MailServer
from kernel.outbox.secret_box import SecretBox
from kernel.outbox.webhooks import WebhookChannel


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


def post_office(settings: Settings) -> PostOffice:
    """Webhooks always, mail where a server is set."""
    channels: dict[str, Channel] = {"webhook": WebhookChannel(settings.webhook_local)}
    server = mail_server(settings)
    if server is not None:
        channels["mail"] = MailChannel(server)
    return PostOffice(Post(channels), SecretBox(settings.channel_sealing_key))
