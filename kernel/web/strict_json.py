"""JSON as the API takes it: no duplicate keys, no NaN or Infinity, no nesting deeper than 20 (reliability rule 10)."""

import json
from typing import Any

from flask.json.provider import DefaultJSONProvider

DEEPEST = 20


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constants(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _depth(text: str) -> int:
    deepest = depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            escaped, in_string = character == "\\" and not escaped, character != '"' or escaped
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            deepest = max(deepest, depth)
        elif character in "]}":
            depth -= 1
    return deepest


class StrictJSON(DefaultJSONProvider):
    """The app's JSON provider: strict in, Chinese left readable out."""

    ensure_ascii = False
    sort_keys = False

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        text = s.decode("utf-8") if isinstance(s, bytes) else s
        if _depth(text) > DEEPEST:
            raise ValueError("nested too deeply")
        return json.loads(text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants, **kwargs)
