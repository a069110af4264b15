"""A platform as its file in `config/connectors/` describes it: where to push and pull what, and how fields are called there."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.outbox.field_maps import KINDS, FieldMap, MappedField


class ConnectorRefused(Exception):
    """A connector's file cannot be used; the message names file and place."""


@dataclass(frozen=True)
class PushRule:
    """How one event is pushed. `path` holds `{reference}` or facts; `enquire` answers whether a push arrived (its `seen` field)."""

    method: str
    path: str
    fields: FieldMap
    enquire: str = ""
    seen: str = ""


@dataclass(frozen=True)
class PullRule:
    """How one kind of record is pulled, a page at a time: where the items, the next cursor, each id and version stand."""

    path: str
    items: str
    cursor: str
    next_cursor: str
    id: str
    version: str
    fields: FieldMap


@dataclass(frozen=True)
class Connector:
    """One platform. Its address and secrets are settings, never in the file."""

    name: str
    title: Text
    pushes: Mapping[str, PushRule] = field(default_factory=dict)
    pulls: Mapping[str, PullRule] = field(default_factory=dict)


@dataclass(frozen=True)
class Entrance:
    """How a platform lets us in: its address, the token we show, and the secret it signs its own messages with."""

    url: str
    token: str = ""
    secret: str = ""


def load_connectors(folder: Path) -> dict[str, Connector]:
    """Every connector described in a folder, by name; ConnectorRefused says what is wrong where."""
    found = [_connector(path) for path in sorted(folder.glob("*.toml"))]
    return {one.name: one for one in found}


def load_entrances(path: Path | None) -> dict[str, Entrance]:
    """Addresses and secrets by connector, from a file outside of the project; none without one."""
    if path is None:
        return {}
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return {name: Entrance(**values) for name, values in content.items()}
    except TypeError as error:
        raise ConnectorRefused(f"{path}: {error}") from None


def _connector(path: Path) -> Connector:
    content = tomllib.loads(path.read_text(encoding="utf-8"))
    try:
        return Connector(
            name=path.stem,
            title=Text(content["title"]["zh"], content["title"]["en"]),
            pushes={name: _push(rule) for name, rule in content.get("push", {}).items()},
            pulls={name: _pull(rule) for name, rule in content.get("pull", {}).items()},
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ConnectorRefused(f"{path}: {type(error).__name__} {error}") from None


def _push(rule: dict[str, Any]) -> PushRule:
    names = ("method", "path", "enquire", "seen")
    known = {name: rule.pop(name) for name in names if name in rule}
    return PushRule(fields=_map(rule), **known)


def _pull(rule: dict[str, Any]) -> PullRule:
    names = ("path", "items", "cursor", "next_cursor", "id", "version")
    return PullRule(**{name: rule.pop(name) for name in names}, fields=_map(rule))


def _map(rule: dict[str, Any]) -> FieldMap:
    fields = tuple(_field(name, value) for name, value in rule.pop("fields").items())
    constants = rule.pop("constants", {})
    if rule:
        raise ValueError(f"unknown: {', '.join(rule)}")
    return FieldMap(fields, constants)


def _field(theirs: str, value: Any) -> MappedField:
    """A field is the name of ours, or a table with `ours` and what differs from plain text."""
    made = MappedField(theirs, value) if isinstance(value, str) else MappedField(theirs, **value)
    if made.kind not in KINDS:
        raise ValueError(f"{theirs}: no kind {made.kind}")
    return made
