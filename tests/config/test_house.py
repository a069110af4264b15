"""Guards of the whole house: routes, tables, migrations, imports, settings."""

import re
from pathlib import Path

import pytest
import sqlalchemy
from alembic.script import ScriptDirectory
from flask import Flask
from sqlalchemy import CheckConstraint, Float, Numeric
from sqlmodel import SQLModel

from config import migrating
from config.serving import check_books
from config.settings import Settings, SettingsRefused, check_serving, from_environment
from kernel.accounts.access import access_of

ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("kernel", "config", "settlement", "matchmaking")
PUBLIC = {
    "accounts.home",
    "accounts.sign_in",
    "accounts.submit_sign_in",
    "accounts.sign_out",
    "api-docs.docs",
    "api-docs.openapi",
    "audit.public_key",
    "audit.published",
    "board.screen",
    "board.screen_live",
    "calendars.feed",
    "enrolment.firm",
    "enrolment.person",
    "enrolment.received",
    "enrolment.sign_up",
    "enrolment.start",
    "enrolment.take_code",
    "enrolment.take_firm",
    "glossary.index",
    "platforms-api.receive",
    "static",
    "vendor.static",
}


def test_every_route_declares_who_may_and_only_the_listed_are_public(app: Flask) -> None:
    declared = {rule.endpoint: access_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    assert all(declared.values())
    assert {endpoint for endpoint, access in declared.items() if access and access.roles is None} == PUBLIC


def test_a_stranger_gets_nothing_from_any_guarded_route(app: Flask) -> None:
    client, leaks = app.test_client(), []
    app.config["WTF_CSRF_ENABLED"] = False
    for rule in app.url_map.iter_rules():
        if rule.endpoint in PUBLIC:
            continue
        path = re.sub(r"<(?:int:)[^>]+>", "1", str(rule))
        path = re.sub(r"<[^>]+>", "x", path)
        for method in rule.methods - {"OPTIONS", "HEAD"}:
            answer = client.open(path, method=method)
            refused = answer.status_code == 401 if path.startswith("/api/") else answer.status_code == 302
            if not refused:
                leaks.append((method, path, answer.status_code))
    assert leaks == []


def all_tables() -> set[str]:
    """The tables that the text of every `models.py` declares, found without importing anything."""
    texts = [path.read_text() for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return {name for text in texts for name in re.findall(r'__tablename__\s*=\s*"([^"]+)"', text)}


@pytest.mark.both_databases
def test_no_table_is_invisible_to_the_migrations(books_url: str) -> None:
    engine = sqlalchemy.create_engine(books_url)
    migrated = set(sqlalchemy.inspect(engine).get_table_names()) - {"alembic_version"}
    engine.dispose()
    assert migrated == all_tables() == {table.name for table in SQLModel.metadata.sorted_tables}


@pytest.mark.both_databases
def test_migrations_make_what_the_models_have(books_url: str) -> None:
    assert migrating.differences(books_url) is None


@pytest.mark.both_databases
def test_migrations_go_down_and_up_again(books_url: str) -> None:
    migrating.downgrade(books_url)
    engine = sqlalchemy.create_engine(books_url)
    assert set(sqlalchemy.inspect(engine).get_table_names()) <= {"alembic_version"}
    engine.dispose()
    migrating.upgrade(books_url)
    assert migrating.differences(books_url) is None


def test_a_filled_table_that_others_point_to_can_be_rebuilt(tmp_path: Path) -> None:
    """SQLite changes a table by copying it and dropping the old one, in the one transaction of a migration."""
    with migrating.rebuilding(f"sqlite:///{tmp_path / 'books.db'}") as connection:
        for statement in (
            "CREATE TABLE bank (id INTEGER PRIMARY KEY)",
            "CREATE TABLE product (bank_id INTEGER REFERENCES bank (id))",
            "INSERT INTO bank VALUES (1)",
            "INSERT INTO product VALUES (1)",
            "CREATE TABLE new_bank AS SELECT * FROM bank",
            "DROP TABLE bank",
            "ALTER TABLE new_bank RENAME TO bank",
        ):
            connection.exec_driver_sql(statement)
        connection.commit()
        assert connection.exec_driver_sql("SELECT count(*) FROM bank JOIN product ON bank_id = id").scalar_one() == 1


def test_there_is_one_head_and_numbers_run_on() -> None:
    script = ScriptDirectory.from_config(migrating.alembic_config("sqlite://"))
    revisions = sorted(revision.revision for revision in script.walk_revisions())
    assert len(script.get_heads()) == 1
    assert revisions == [f"{number:04d}" for number in range(1, len(revisions) + 1)]


def test_no_column_holds_a_float_or_an_inexact_number() -> None:
    inexact = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, Float | Numeric)
    ]
    assert inexact == []


def test_every_state_and_kind_column_is_checked_by_the_database() -> None:
    unchecked = [
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.name in {"state", "kind", "role", "status"} and str(column.type).startswith("VARCHAR")
        if not any(column.name in str(c.sqltext) for c in table.constraints if isinstance(c, CheckConstraint))
    ]
    assert unchecked == []


def test_no_module_writes_past_the_one_write_path() -> None:
    """Raw SQL, look-ups past the tenant's scope and commits belong to the kernel's edge alone."""
    banned = re.compile(
        r"\bdb\.(?:commit|get)\(|\bsession\.get\(|\bsqlalchemy\.text\(|from sqlalchemy import .*\btext\b"
    )
    sinners = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for package in ("settlement", "matchmaking")
        for path in (ROOT / package).rglob("*.py")
        if "engine" not in path.parts and path.name != "models.py"  # a partial index needs its condition as text
        for line in path.read_text().splitlines()
        if banned.search(line)
    ]
    assert sinners == []


def test_a_python_file_has_at_most_400_lines() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for folder in (*PACKAGES, "tests", "benchmarks")
        for path in (ROOT / folder).rglob("*.py")
        if (lines := len(path.read_text().splitlines())) > 400
    }
    assert long == {}


def test_serving_needs_a_secret_key_of_ones_own() -> None:
    with pytest.raises(SettingsRefused):
        check_serving(Settings())
    check_serving(Settings(secret_key="k" * 32))


def test_a_malformed_setting_is_refused_by_name() -> None:
    with pytest.raises(SettingsRefused, match="YINQI_PORT"):
        from_environment({"YINQI_PORT": "eighty"})
    assert from_environment({"YINQI_PORT": "8080", "YINQI_DEMONSTRATION": "yes"}).demonstration


def test_empty_books_may_be_served_with_a_key(app: Flask, settings: Settings) -> None:
    check_books(app, settings)


def test_every_public_class_has_a_name_of_its_own() -> None:
    """Two things of one name are one thing too many; classes that begin with an underscore stay in their file."""
    homes: dict[str, list[str]] = {}
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            for name in re.findall(r"^class ([A-Za-z]\w*)", path.read_text(encoding="utf-8"), flags=re.M):
                homes.setdefault(name, []).append(str(path.relative_to(ROOT)))
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}
