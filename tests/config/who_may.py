"""The authorisation matrix as a table for auditors: `who_may.csv`, one line a route, one column a role.

`python -m tests.config.who_may` writes the table anew from what the routes declare; whoever does so reads the difference before it
is committed, for a changed cell is a door opened or shut.
"""

import csv
import io
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from flask import Flask
from werkzeug.routing import Rule

from kernel.accounts.access import Access, access_of
from kernel.accounts.roles import ROLES

TABLE = Path(__file__).parent / "who_may.csv"
YES, NO = "yes", "-"
EVERYBODY, TOKEN = "everybody", "token"
COLUMNS = ("method", "route", EVERYBODY, TOKEN, *ROLES)
Line = dict[str, str]


def _line(method: str, rule: Rule, access: Access) -> Line:
    """One route; a token needs the scope that is named, on top of its owner's role."""
    roles = frozenset(ROLES) if access.roles is None else access.roles
    cells = {role: YES if role in roles else NO for role in ROLES}
    everybody = YES if access.roles is None else NO
    return {"method": method, "route": str(rule), EVERYBODY: everybody, TOKEN: access.scope or NO, **cells}


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    """Every method of every route; HEAD and OPTIONS are Flask's own."""
    for rule in sorted(app.url_map.iter_rules(), key=str):
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule


def declared(app: Flask) -> list[Line]:
    """The table as the routes of an app declare it."""
    found = []
    for method, rule in routes(app):
        access = access_of(app.view_functions[rule.endpoint])
        assert access is not None, rule.endpoint
        found.append(_line(method, rule, access))
    return sorted(found, key=lambda line: (line["route"], line["method"]))


def written(lines: list[Line]) -> str:
    """The table as text."""
    out = io.StringIO()
    table = csv.DictWriter(out, COLUMNS, lineterminator="\n")
    table.writeheader()
    table.writerows(lines)
    return out.getvalue()


def agreed() -> dict[tuple[str, str], Mapping[str, str]]:
    """The table as it was last read and committed, by method and route."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {(line["method"], line["route"]): line for line in csv.DictReader(file)}


def _write_anew() -> None:
    from config.app import create_app  # the table can be read without an app
    from config.settings import Settings

    with tempfile.TemporaryDirectory() as folder:
        app = create_app(replace(Settings(), data_dir=Path(folder), secret_key="k" * 40))
        TABLE.write_text(written(declared(app)), encoding="utf-8")


if __name__ == "__main__":
    _write_anew()
