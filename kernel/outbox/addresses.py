"""Which addresses the house may call: public ones only, looked up once, and connected to exactly as looked up.

A name that answers differently the second time (rebinding) gains nothing: there is no second time.
"""

import ipaddress
import re
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from kernel.errors import Refused

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], list[str]]

LONGEST = 500
PORTS = {"https": 443, "http": 80}
LOWEST_OTHER_PORT = 1024  # below lie the services of machines, which nobody takes webhooks on
INNER_NAMES = ("localhost", "local", "internal", "intranet", "lan", "home", "corp", "arpa", "test", "invalid", "onion")
NAME = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z", re.ASCII)
GLOBAL_UNICAST = ipaddress.IPv6Network("2000::/3")
WRAPPING = tuple(  # addresses of IPv6 that carry one of IPv4 inside, or documentation
    ipaddress.IPv6Network(text) for text in ("2001::/23", "2002::/16", "2001:db8::/32", "3fff::/20")
)
SPECIAL = tuple(ipaddress.IPv4Network(text) for text in ("192.0.0.0/24", "192.88.99.0/24"))  # protocols, relays


class AddressRefused(Refused):
    """The house does not call this address; the text says why."""


@dataclass(frozen=True)
class Target:
    """Where to call: the URL as written, its host and port, and the one address that is connected to."""

    url: str
    scheme: str
    host: str
    port: int
    address: str


def look_up(host: str, port: int) -> list[str]:
    """Every address of a name, as the machine's resolver gives them."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _refused("host_unknown", "查不到这个域名", "No address is known for this name") from error
    return [str(one[4][0]) for one in found]


def is_public(address: Address) -> bool:
    """Whether an address belongs to the open internet, and to nothing inside it."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = any(address in network for network in WRAPPING)
        return address in GLOBAL_UNICAST and address.is_global and not wrapped
    return address.is_global and not address.is_multicast and not any(address in one for one in SPECIAL)


def _refused(code: str, zh: str, en: str) -> AddressRefused:
    return AddressRefused(code, zh, en)


def _parts(url: str) -> SplitResult:
    plain = url.isascii() and all(33 <= ord(sign) <= 126 for sign in url) and "\\" not in url
    if not plain or len(url) > LONGEST:
        raise _refused(
            "not_a_url", "网址里有不能用的字符，或者太长", "The address holds signs that cannot be used, or is too long"
        )
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise _refused("not_a_url", "网址写得不对", "This is not a web address") from None
    if "@" in parts.netloc or "%" in parts.netloc or parts.fragment:
        raise _refused(
            "not_a_url", "网址里不能带账号、百分号或 #", "No account, percent sign or # in the address, please"
        )
    return parts


def _literal(host: str) -> Address | None:
    """The address that a host spells out in its one plain form; None for a name."""
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _check_name(host: str) -> None:
    """Names of the open internet only: no inner endings, no number in another spelling (`0x7f.1`, `2130706433`)."""
    if not NAME.match(host) or host.rsplit(".", 1)[1] in INNER_NAMES:
        raise _refused("inner_name", "只能用公网的域名", "Only names of the open internet")


def checked(url: str, *, local: bool) -> SplitResult:
    """A URL in the one form that is called; AddressRefused says what is wrong. Nothing is looked up.

    `local` (a setting for tests and development) allows plain http and 127.0.0.1.
    """
    parts = _parts(url)
    if parts.scheme not in PORTS or (parts.scheme == "http" and not local):
        raise _refused("not_https", "只能用 https 开头的网址", "The address must begin with https")
    host = parts.hostname or ""
    literal = _literal(host)
    if literal is not None:
        _check_public([literal], local=local)
    else:
        _check_name(host)
    if parts.port is not None and parts.port not in PORTS.values() and parts.port < LOWEST_OTHER_PORT:
        raise _refused("inner_port", "这个端口不能用，请用 443", "This port cannot be used; use 443")
    return parts


def _check_public(addresses: list[Address], *, local: bool) -> None:
    own = ipaddress.ip_address("127.0.0.1")
    if not addresses or any(not is_public(one) and not (local and one == own) for one in addresses):
        raise _refused(
            "inner_address", "这个地址在内网，不能往那里发", "This address lies inside; nothing is sent there"
        )


def target_of(url: str, *, local: bool, resolve: Resolve = look_up) -> Target:
    """The same, with the name looked up once: every address must be public, and the first is the one connected to."""
    parts = checked(url, local=local)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    literal = _literal(host)
    found = [literal] if literal is not None else [ipaddress.ip_address(one) for one in resolve(host, port)]
    _check_public(found, local=local)
    return Target(url, parts.scheme, host, port, str(found[0]))
