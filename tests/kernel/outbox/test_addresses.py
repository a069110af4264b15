"""The house calls public addresses only: hostile targets of every spelling are refused, before and at the sending."""

import pytest
from sqlmodel import Session

from kernel.errors import Invalid
from kernel.outbox.addresses import AddressRefused, target_of
from tests.factories import make_enterprise, make_person
from tests.kernel.outbox.post import Desk, subscribe, tell
from tests.kernel.outbox.receivers import http_receiver

HOSTILE = """
http://hooks.example.com/
ftp://hooks.example.com/
file:///etc/passwd
gopher://hooks.example.com:70/_x
https://127.0.0.1/
https://127.1/
https://127.0.1/
https://2130706433/
https://0x7f000001/
https://0x7f.0x0.0x0.0x1/
https://0177.0.0.1/
https://017700000001/
https://127.0.0.1./
https://127.255.255.254/
https://0.0.0.0/
https://0/
https://10.0.0.1/
https://172.16.0.1/
https://172.31.255.255/
https://192.168.1.1/
https://100.64.0.1/
https://169.254.169.254/latest/meta-data/
https://192.0.0.192/
https://198.18.0.1/
https://192.88.99.1/
https://224.0.0.1/
https://255.255.255.255/
https://240.0.0.1/
https://[::1]/
https://[::]/
https://[::ffff:127.0.0.1]/
https://[::ffff:7f00:1]/
https://[::ffff:169.254.169.254]/
https://[::127.0.0.1]/
https://[64:ff9b::7f00:1]/
https://[64:ff9b:1::7f00:1]/
https://[2002:7f00:1::]/
https://[2001::7f00:1]/
https://[fe80::1]/
https://[fe80::1%25eth0]/
https://[fc00::1]/
https://[fd00:ec2::254]/
https://[fec0::1]/
https://[ff02::1]/
https://localhost/
https://LOCALHOST/
https://localhost.localdomain.local/
https://metadata.google.internal/
https://printer.lan/
https://intranet/
https://hooks.example.com@127.0.0.1/
https://127.0.0.1@hooks.example.com/
https://user:pass@hooks.example.com/
https://hooks.example.com\\\\@127.0.0.1/
https://hooks.example.com#@127.0.0.1/
https://hooks.example.com%00.evil.com/
https://127.0.0.1%2f@hooks.example.com/
https://hooks.example.com:22/
https://hooks.example.com:6379/
https://hooks.example.com:0/
https://hooks.example.com:99999/
https://１２７.０.０.１/
https://ⓛocalhost/
https://127。0。0。1/
https://-hooks.example.com/
https://hooks..example.com/
https://hooks.example.com /
https:///path
https:hooks.example.com
//hooks.example.com/
""".strip().splitlines()  # the port of Redis stands for a name that is looked up to an inner address

INNER_ANSWERS = (
    ["127.0.0.1"], ["10.1.2.3"], ["169.254.169.254"], ["::1"], ["::ffff:10.0.0.1"], ["fd00::1"], ["64:ff9b::a00:1"],
    ["8.8.8.8", "127.0.0.1"], ["2001:4860:4860::8888", "fe80::1"], [],
)  # fmt: skip


def inner(host: str, port: int) -> list[str]:
    return ["192.168.0.10"]


def outer(host: str, port: int) -> list[str]:
    return ["8.8.8.8"]


@pytest.mark.parametrize("url", HOSTILE)
def test_a_hostile_target_is_refused(url: str) -> None:
    resolve = inner if ":6379" in url else outer
    with pytest.raises(AddressRefused):
        target_of(url, local=False, resolve=resolve)


def test_a_name_is_refused_if_any_of_its_addresses_lies_inside() -> None:
    for answers in INNER_ANSWERS:
        with pytest.raises(AddressRefused):
            target_of("https://hooks.example.com/", local=False, resolve=lambda *_, found=answers: found)


def test_a_public_target_is_called_where_it_was_looked_up_under_its_own_name() -> None:
    found = target_of("https://hooks.example.com:8443/a?b=1", local=False, resolve=outer)
    assert (found.host, found.port, found.address) == ("hooks.example.com", 8443, "8.8.8.8")
    assert target_of("https://8.8.4.4/", local=False, resolve=inner).address == "8.8.4.4"
    assert target_of("https://[2001:4860:4860::8888]/", local=False).address == "2001:4860:4860::8888"


def test_the_tests_setting_opens_this_machine_alone() -> None:
    assert target_of("http://127.0.0.1:8080/", local=True).address == "127.0.0.1"
    for url in ("http://127.0.0.2/", "http://10.0.0.1/", "http://[::1]/", "http://localhost/", "http://0.0.0.0/"):
        with pytest.raises(AddressRefused):
            target_of(url, local=True, resolve=outer)


def test_a_name_that_answers_differently_the_second_time_is_connected_to_where_it_was_looked_up(db: Session) -> None:
    """Rebinding: the look-up says one thing to the check and would say another to the connection; there is only one look-up."""
    owner = make_person(db, make_enterprise(db), "owner")
    asked: list[str] = []
    with http_receiver() as receiver:

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

        desk = Desk(db, resolve=rebinding)
        subscribe(db, owner, f"http://hooks.hengrun.cn:{receiver.port}/hook")
        tell(db, owner.organisation_id)
        assert desk.deliver() == {"delivered": 1}
        tell(db, owner.organisation_id)
        assert desk.deliver() == {"refused": 1}
    assert asked == ["hooks.hengrun.cn"] * 2
    assert [call.headers["host"] for call in receiver.calls] == [f"hooks.hengrun.cn:{receiver.port}"]
    assert (desk.states(), desk.tries()[-1]) == (["delivered", "dead"], (1, "refused", "inner_address"))


def test_a_hostile_address_is_refused_when_it_is_typed_in(db: Session) -> None:
    owner = make_person(db, make_enterprise(db), "owner")
    for url in [one for one in HOSTILE if ":6379" not in one]:
        with pytest.raises(Invalid):
            subscribe(db, owner, url, local=False)
    for address in ("a@b", "a b@c.cn", "a@c.cn\nBcc: x@y.cn", "<a@c.cn>", "@c.cn"):
        with pytest.raises(Invalid):
            subscribe(db, owner, address, "mail")
    for address in ("12345678901", "1380013800", "+8613800138000", "１３８００１３８０００"):
        with pytest.raises(Invalid):
            subscribe(db, owner, address, "sms")


def test_the_list_of_hostile_targets_is_long_enough() -> None:
    assert len(HOSTILE) + len(INNER_ANSWERS) >= 40
