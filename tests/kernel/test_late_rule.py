"""A route whose builder is compiled late builds what any other builds, and compiles none before it is asked."""

from collections.abc import Callable

import pytest
from werkzeug.routing import Map, Rule

from kernel.web.late_rule import LateRule

ROUTES = ("/", "/returns/<quarter>/file", "/sessions/<int:session_id>/files/<path:name>", "/规则/<rule>")
ASKED = [
    ("/", {}),
    ("/returns/<quarter>/file", {"quarter": "2022Q3"}),
    ("/sessions/<int:session_id>/files/<path:name>", {"session_id": 7, "name": "a/企业.csv", "page": 2, "sort": "-at"}),
    ("/规则/<rule>", {"rule": "一 / 二"}),
]


def bound(kind: type[Rule]) -> Map:
    return Map([kind(route, endpoint=route) for route in ROUTES])


@pytest.mark.parametrize(("endpoint", "values"), ASKED)
def test_it_builds_what_any_other_builds(endpoint: str, values: dict[str, object]) -> None:
    late, usual = (bound(kind).bind("localhost") for kind in (LateRule, Rule))
    assert late.build(endpoint, values) == usual.build(endpoint, values)


def test_it_compiles_nothing_before_it_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled, usual = list[str](), Rule._compile_builder

    def noted(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled.append(rule.rule)
        return usual(rule, append_unknown)

    monkeypatch.setattr(Rule, "_compile_builder", noted)
    addresses = bound(LateRule).bind("localhost")
    assert compiled == []
    addresses.match("/returns/2022Q3/file")
    for _ in range(2):
        addresses.build("/returns/<quarter>/file", {"quarter": "2022Q3"})
    assert compiled == ["/returns/<quarter>/file"]
