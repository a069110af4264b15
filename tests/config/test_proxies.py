"""Whose address counts: that of the connection, or what the proxies of one's own say."""

from pathlib import Path

import pytest
from limits import parse

from config.app import create_app
from config.settings import Settings, SettingsRefused, from_environment
from kernel.web.rates import LIMITS


@pytest.mark.parametrize(
    ("proxies", "forwarded", "statuses"),
    [
        (0, ("7.7.7.1", "7.7.7.2"), [200, 429]),
        (1, ("7.7.7.1", "7.7.7.2"), [200, 200]),
        (1, ("forged, 7.7.7.1", "7.7.7.1"), [200, 429]),
        (2, ("7.7.7.1, 10.0.0.1", "7.7.7.2, 10.0.0.1"), [200, 200]),
    ],
    ids=["none in front", "one in front", "one in front and a forged address", "two in front"],
)
def test_the_address_is_taken_from_as_many_proxies_as_are_trusted(
    sqlite_template: Path,
    monkeypatch: pytest.MonkeyPatch,
    proxies: int,
    forwarded: tuple[str, str],
    statuses: list[int],
) -> None:
    monkeypatch.setitem(LIMITS, "ordinary", parse("1 per hour"))
    url = f"sqlite:///{sqlite_template}"
    app = create_app(Settings(database_url=url, secret_key="k" * 40, testing=True, trusted_proxies=proxies))
    ask = [app.test_client().get("/sign-up", headers={"X-Forwarded-For": one}).status_code for one in forwarded]
    assert ask == statuses


def test_the_number_of_proxies_comes_from_the_environment() -> None:
    assert from_environment({}).trusted_proxies == 0
    assert from_environment({"YINQI_TRUSTED_PROXIES": "1"}).trusted_proxies == 1
    with pytest.raises(SettingsRefused):
        from_environment({"YINQI_TRUSTED_PROXIES": "many"})
    with pytest.raises(SettingsRefused):
        from_environment({"YINQI_TRUSTED_PROXIES": "-1"})
