"""Standard Webhooks: five minutes either way and not a second more; any altered byte, id, time or key is refused."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks import Webhook

from kernel.outbox.signing import SignatureRefused, check_signature, new_secret, signed_headers

AT = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
KEY, BODY = new_secret(), '{"type":"session.published","data":{"week":"第 43 周"}}'.encode()
HEADERS = signed_headers("msg_1", BODY, keys=[KEY], at=AT)


def test_five_minutes_either_way_and_not_a_second_more() -> None:
    for seconds in (-300, -299, 0, 299, 300):
        assert check_signature(HEADERS, BODY, keys=[KEY], at=AT + timedelta(seconds=seconds)) == "msg_1"
    for seconds in (-301, 301, -3600, 3600, 300.5):
        with pytest.raises(SignatureRefused) as refused:
            check_signature(HEADERS, BODY, keys=[KEY], at=AT + timedelta(seconds=seconds))
        assert refused.value.why == "time"


def test_the_standards_own_package_reads_what_we_sign() -> None:
    now = datetime.now(UTC)
    headers = signed_headers("msg_1", BODY, keys=[new_secret(), KEY], at=now)
    assert Webhook(KEY).verify(BODY, headers) == {"type": "session.published", "data": {"week": "第 43 周"}}


def test_every_altered_byte_of_the_body_is_refused() -> None:
    for place in range(len(BODY)):
        altered = BODY[:place] + bytes([BODY[place] ^ 1]) + BODY[place + 1 :]
        with pytest.raises(SignatureRefused):
            check_signature(HEADERS, altered, keys=[KEY], at=AT)
    for altered in (b"", BODY + b" ", BODY[:-1], b"\xff" + BODY):
        with pytest.raises(SignatureRefused):
            check_signature(HEADERS, altered, keys=[KEY], at=AT)


def test_an_altered_id_time_key_or_signature_is_refused() -> None:
    later = str(int(AT.timestamp()) + 1)
    for name, value in (
        ("webhook-id", "msg_2"), ("webhook-id", ""), ("webhook-timestamp", later), ("webhook-timestamp", ""),
        ("webhook-timestamp", "１６６６２２７６００"), ("webhook-timestamp", "-1"), ("webhook-timestamp", "9" * 30),
        ("webhook-timestamp", "nan"), ("webhook-signature", ""), ("webhook-signature", "v1,"), ("webhook-signature", "v1"),
        ("webhook-signature", HEADERS["webhook-signature"][:-1]), ("webhook-signature", "v2" + HEADERS["webhook-signature"][2:]),
        ("webhook-signature", HEADERS["webhook-signature"].removeprefix("v1,")),
    ):  # fmt: skip
        with pytest.raises(SignatureRefused):
            check_signature(HEADERS | {name: value}, BODY, keys=[KEY], at=AT)
    for keys in ([], [new_secret()], [new_secret(), new_secret()]):
        with pytest.raises(SignatureRefused):
            check_signature(HEADERS, BODY, keys=keys, at=AT)
