"""Letters as webhooks: signed by Standard Webhooks, sent to a public address only."""

from dataclasses import dataclass
from datetime import datetime

from kernel.outbox.addresses import AddressRefused, Resolve, look_up, target_of
from kernel.outbox.letters import Letter, TryResult
from kernel.outbox.pinned import AnswerLost, NotReached, call
from kernel.outbox.signing import signed_headers

GONE = 410
TRY_AGAIN_WITH_EFFECT_UNKNOWN = range(500, 600)


def answer_of(status: int, retry_after: str | None) -> TryResult:
    """What a status says: 2xx received; 3xx and 410 never change by trying; 5xx may have had an effect; the rest is refused."""
    if 200 <= status < 300:
        return TryResult("delivered", str(status))
    outcome = "unknown" if status in TRY_AGAIN_WITH_EFFECT_UNKNOWN else "refused"
    return TryResult(outcome, str(status), retry_after, final=300 <= status < 400 or status == GONE)


@dataclass(frozen=True)
class WebhookChannel:
    """`local` allows 127.0.0.1 and plain http, for tests and development."""

    local: bool = False
    resolve: Resolve = look_up

    def send(self, letter: Letter, *, at: datetime) -> TryResult:
        if not letter.keys:
            return TryResult("refused", "no_secret", final=True)
        body = letter.body
        headers = signed_headers(letter.reference, body, keys=letter.keys, at=at)
        try:
            target = target_of(letter.address, local=self.local, resolve=self.resolve)
            status, answered, _ = call(
                "POST", target, headers={**headers, "Content-Type": "application/json"}, body=body
            )
        except AddressRefused as error:
            return TryResult("refused", error.code, final=error.code != "host_unknown")
        except NotReached as error:
            return TryResult("refused", f"not_reached:{error}")
        except AnswerLost as error:
            return TryResult("unknown", f"no_answer:{error}")
        return answer_of(status, answered.get("Retry-After"))
