"""JSON as the API takes it: no duplicate keys, no NaN or Infinity, no nesting deeper than 20 (reliability rule 10).

A number too large to be one (`1e999`) is infinity and refused. So are NUL and half of a surrogate pair: no database takes them.
"""

import json
import math
import re
from typing import Any

from flask.json.provider import DefaultJSONProvider

DEEPEST = 20
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


def _refuse_unstorable(text: str) -> None:
    if UNSTORABLE.search(text):
        raise ValueError("NUL and half of a surrogate pair are no characters of a text")


def _no_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("duplicate key")
    return found


def _no_constants(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("the number is out of range")
    return number


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


def _check_texts(value: Any) -> None:
    """ValueError when a key or a text holds what no database takes."""
    if isinstance(value, str):
        _refuse_unstorable(value)
    elif isinstance(value, list):
        for one in value:
            _check_texts(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            _refuse_unstorable(key)
            _check_texts(one)


class StrictJSON(DefaultJSONProvider):
    """The app's JSON provider: strict in, Chinese left readable out."""

    ensure_ascii = False
    sort_keys = False

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        """As ever, but a lone surrogate (echoed from a form or a query) becomes `?`: the text is always valid UTF-8."""
        return super().dumps(obj, **kwargs).encode("utf-8", "replace").decode("utf-8")

    def loads(self, s: str | bytes, **kwargs: Any) -> Any:
        text = s.decode("utf-8") if isinstance(s, bytes) else s
        if _depth(text) > DEEPEST:
            raise ValueError("nested too deeply")
        found = json.loads(
            text, object_pairs_hook=_no_duplicates, parse_constant=_no_constants, parse_float=_finite, **kwargs
        )
        _check_texts(found)
        return found
