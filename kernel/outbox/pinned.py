"""HTTP to one looked-up address: no second look-up, no redirect, no proxy, and an end after `DEADLINE` whatever the other side does."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from socket import SHUT_RDWR
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, Retry
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from kernel.outbox.addresses import Target

CONNECT_SECONDS, READ_SECONDS, DEADLINE = 3.05, 10.0, 25.0
WITHIN_A_TRY = Retry(total=1, connect=1, read=0, redirect=0, status=0, other=0)  # only what surely had no effect
LONGEST_ANSWER = 1 << 20


class NotReached(Exception):
    """Nothing was sent: the other side had no chance to act."""


class AnswerLost(Exception):
    """Something was sent and no answer came: whether it had an effect is not known."""


class PinnedAdapter(HTTPAdapter):
    """Connects to the target's address while TLS and the Host header carry its name."""

    def __init__(self, target: Target) -> None:
        super().__init__(max_retries=WITHIN_A_TRY, pool_maxsize=1)
        self.target = target
        self.opened: list[HTTPConnection] = []
        self.was_cut = False

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        _, options = self.build_connection_pool_key_attributes(request, verify, cert)
        tls: dict[str, Any] = dict(options)
        if self.target.scheme == "https":
            tls |= {"server_hostname": self.target.host, "assert_hostname": self.target.host}
        pool = self.poolmanager.connection_from_host(
            self.target.address, port=self.target.port, scheme=self.target.scheme, pool_kwargs=tls
        )
        self._watch(pool)
        return pool

    def _watch(self, pool: HTTPConnectionPool) -> None:
        make = type(pool).ConnectionCls

        def make_watched(**options: Any) -> Any:
            connection: Any = make(**options)
            self.opened.append(connection)
            return connection

        pool.ConnectionCls = make_watched  # type: ignore[assignment]

    def cut(self) -> None:
        """End every conversation at once, from another thread."""
        self.was_cut = True
        for connection in self.opened:
            if connection.sock is not None:
                connection.sock.shutdown(SHUT_RDWR)


@contextmanager
def _deadline(adapter: PinnedAdapter) -> Iterator[None]:
    timer = threading.Timer(DEADLINE, adapter.cut)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def call(
    method: str, target: Target, *, headers: Mapping[str, str], body: bytes | None = None
) -> tuple[int, Mapping[str, str], bytes]:
    """Status, headers and body (at most 1 MB) of one request. NotReached or AnswerLost where there is no whole answer."""
    adapter = PinnedAdapter(target)
    with requests.Session() as session, _deadline(adapter):
        session.trust_env = False
        session.mount(f"{target.scheme}://", adapter)
        try:
            answer = session.request(
                method,
                target.url,
                data=body,
                headers={"Host": _host_header(target), "User-Agent": "yinqi", **headers},
                timeout=(CONNECT_SECONDS, READ_SECONDS),
                allow_redirects=False,
                stream=True,
            )
            content = answer.raw.read(LONGEST_ANSWER, decode_content=True)
        except (requests.exceptions.ConnectTimeout, requests.exceptions.SSLError) as error:
            raise NotReached(type(error).__name__) from error
        except requests.exceptions.ConnectionError as error:
            raise (NotReached if _was_not_reached(error) else AnswerLost)(type(error).__name__) from error
        except Exception as error:  # a broken answer, a cut connection: the request itself may have had its effect
            raise AnswerLost(type(error).__name__) from error
    if adapter.was_cut:
        raise AnswerLost("deadline")
    return answer.status_code, answer.headers, content


def _was_not_reached(error: requests.exceptions.ConnectionError) -> bool:
    """Whether a connection was never made."""
    cause: Any = error.args[0] if error.args else None
    return isinstance(getattr(cause, "reason", cause), NewConnectionError)


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return host if target.port in (80, 443) else f"{host}:{target.port}"
