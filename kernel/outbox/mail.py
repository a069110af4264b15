"""Letters as mail, by the standard library's SMTP; the Message-ID is the letter's reference, the same at every try."""

import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from kernel.clock import SHANGHAI
from kernel.outbox.letters import Letter, TryResult

TIMEOUT_SECONDS = 15
PERMANENT = range(500, 600)


@dataclass(frozen=True)
class MailServer:
    """Where mail is handed in. `security`: `tls` from the first byte, `starttls`, or `none` (only beside the machine)."""

    host: str
    port: int
    sender: str
    username: str = ""
    password: str = ""
    security: str = "starttls"


def message_of(letter: Letter, *, sender: str, at: datetime) -> EmailMessage:
    """The mail: Chinese first, English below, attachments behind."""
    title, text = letter.told
    message = EmailMessage()
    message["From"], message["To"] = sender, letter.address
    message["Subject"] = f"{title.zh} / {title.en}"
    message["Date"] = format_datetime(at.astimezone(SHANGHAI))
    message["Message-ID"] = f"<{letter.reference}@{sender.rsplit('@', 1)[-1]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(f"{text.zh}\n\n{text.en}\n")
    for one in letter.attachments:
        kind, _, rest = one.media_type.partition("/")
        subtype, *parameters = (part.strip() for part in rest.split(";"))
        params = dict(parameter.split("=", 1) for parameter in parameters)
        message.add_attachment(one.content, maintype=kind, subtype=subtype, filename=one.name, params=params)
    return message


@dataclass(frozen=True)
class MailChannel:
    """Hands mail to one server."""

    server: MailServer
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        message = message_of(letter, sender=self.server.sender, at=at)
        try:
            connection = self._connected()
        except (OSError, smtplib.SMTPException) as error:
            return _refusal(error)
        try:
            return self._hand_in(connection, letter, message)
        finally:
            connection.close()

    def _connected(self) -> smtplib.SMTP:
        server = self.server
        connection: smtplib.SMTP
        if server.security == "tls":
            connection = smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=self.tls())
        else:
            connection = smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS)
        if server.security == "starttls":
            connection.starttls(context=self.tls())
        connection.ehlo_or_helo_if_needed()
        if server.username:
            connection.login(server.username, server.password)
        return connection

    def _hand_in(self, connection: smtplib.SMTP, letter: Letter, message: EmailMessage) -> TryResult:
        """Until the text is handed over nothing has happened; from then on only an answer says what did."""
        try:
            for code, said in (connection.mail(self.server.sender), connection.rcpt(letter.address)):
                if code // 100 != 2:
                    return _refusal(smtplib.SMTPResponseException(code, said))
        except (OSError, smtplib.SMTPException) as error:
            return _refusal(error)
        try:
            code, said = connection.data(message.as_bytes(policy=message.policy.clone(linesep="\r\n")))
        except smtplib.SMTPDataError as error:
            return _refusal(error)
        except (OSError, smtplib.SMTPException) as error:
            return TryResult("unknown", f"no_answer:{type(error).__name__}")
        return (
            TryResult("delivered", str(code))
            if code // 100 == 2
            else _refusal(smtplib.SMTPResponseException(code, said))
        )


def _refusal(error: Exception) -> TryResult:
    if isinstance(error, smtplib.SMTPResponseException):
        return TryResult("refused", str(error.smtp_code), final=error.smtp_code in PERMANENT)
    return TryResult("refused", f"not_reached:{type(error).__name__}")
