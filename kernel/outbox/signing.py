"""Standard Webhooks: sign what goes out, check what comes in. HMAC-SHA256 over `id.time.body`, five minutes either way."""

import base64
import hmac
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from standardwebhooks import Webhook

from kernel.errors import Refused

TOLERANCE_SECONDS = 300
SECRET_BYTES = 32
LATEST = 4_102_444_800  # the year 2100, in seconds


class SignatureRefused(Refused):
    """What came in is not from the sender, was altered, or is too old or too new."""

    def __init__(self, why: str) -> None:
        super().__init__(
            "signature_refused",
            "签名不对，或者时间差超过 5 分钟",
            "The signature does not hold, or the time is more than five minutes off",
        )
        self.why = why


def new_secret() -> str:
    """A fresh secret in the standard's spelling."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(reference: str, body: bytes, *, keys: Sequence[str], at: datetime) -> dict[str, str]:
    """The three headers; with two valid secrets the receiver finds a signature of each."""
    moment = at.astimezone(UTC)
    signatures = [Webhook(key).sign(reference, moment, body.decode()) for key in keys]
    return {
        "webhook-id": reference,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def check_signature(headers: Mapping[str, str], body: bytes, *, keys: Sequence[str], at: datetime) -> str:
    """The id of a message that any of the keys signed within 300 s of `at`; SignatureRefused otherwise."""
    lower = {name.lower(): value for name, value in headers.items()}
    reference, stamp = lower.get("webhook-id", ""), lower.get("webhook-timestamp", "")
    if not reference or not (stamp.isascii() and stamp.isdigit()) or int(stamp) > LATEST:
        raise SignatureRefused("headers")
    moment = datetime.fromtimestamp(int(stamp), UTC)
    if abs((at - moment).total_seconds()) > TOLERANCE_SECONDS:
        raise SignatureRefused("time")
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise SignatureRefused("body") from None
    given = lower.get("webhook-signature", "").split()
    expected = [Webhook(key).sign(reference, moment, text) for key in keys]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in expected for other in given):
        raise SignatureRefused("signature")
    return reference
