"""`yinqi policy`: read the policy book from the command line, Chinese first, `--lang en` for English, `--json` for machines."""

import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy import URL, create_engine, inspect, make_url
from sqlmodel import Session

from config.declared import DECLARED
from config.settings import Settings
from kernel.bilingual import Text
from kernel.policies import (
    KIND_TITLES,
    ORIGIN_TITLES,
    Clause,
    Parameter,
    PolicyBook,
    PolicyData,
    Scheme,
    Value,
    load_words,
)
from settlement.readings.in_force import BooksInForce
from settlement.readings.models import PolicyDecision

POLICIES = Path(__file__).parent / "policies"
WIDE = 200  # columns assumed where the output is not a terminal, so that nothing is cut off in a file

F = TypeVar("F", bound=Callable[..., Any])


@click.group()
def policy() -> None:
    """政策：每个参数、每个条款，按日期 / Policies: every parameter and clause by date."""


def listing(command: F) -> F:
    """The options that every listing has."""
    for option in (
        click.option("--policies", type=click.Path(path_type=Path, file_okay=False), help="directory of *.toml"),
        click.option("--json", "as_json", is_flag=True, help="print JSON"),
        click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True),
    ):
        command = option(command)
    return command


def day_option(command: F) -> F:
    return click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="YYYY-MM-DD, today if left out")(command)


def file_book(policies: Path | None) -> PolicyBook:
    """The policies of a directory: the one named, or else the settings' own; its open words are checked with them."""
    root = click.get_current_context().find_root().obj
    settings = root.get("policies") if isinstance(root, dict) else None
    directory = policies or settings or POLICIES
    book = PolicyBook.load(directory, DECLARED)
    load_words(directory, book, DECLARED)
    return book


def present_book(policies: Path | None) -> PolicyBook:
    """The policies in force: with the decisions recorded in the books, unless a directory is named."""
    files, root = file_book(policies), click.get_current_context().find_root().obj
    settings = root.get("settings") if isinstance(root, dict) else None
    if policies is not None or not isinstance(settings, Settings):
        return files
    url = make_url(settings.books_url)
    if url.drivername == "sqlite" and not Path(str(url.database)).exists():
        return files
    return _under_decisions(url, files)


def _under_decisions(url: URL, files: PolicyBook) -> PolicyBook:
    engine = create_engine(url)
    try:
        if not inspect(engine).has_table(PolicyDecision.__tablename__):
            return files
        with Session(engine) as db:
            return BooksInForce()(db, files)
    finally:
        engine.dispose()


def present_day(given: datetime | None) -> date:
    return date.today() if given is None else given.date()  # noqa: DTZ011 the clerk's own day, where the clerk sits


def print_json(content: object) -> None:
    click.echo(json.dumps(content, ensure_ascii=False, indent=2))


def print_table(title: str, headings: list[str], rows: list[list[str]]) -> None:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = WIDE
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table, markup=False)


def said(text: Text | None, lang: str) -> str:
    return "" if text is None else text.in_language(lang)


def _json_text(text: Text | None, lang: str) -> str | None:
    return None if text is None else text.in_language(lang)


def _period(since: date, until: date | None) -> str:
    return f"{since} … {until or ''}".rstrip()


@policy.command("list")
@listing
def list_schemes(policies: Path | None, as_json: bool, lang: str) -> None:
    """全部政策 / All schemes, with their clauses and digests."""
    book = present_book(policies)
    if as_json:
        print_json([_scheme_summary(scheme, lang) for scheme in book.schemes])
        return
    rows = [
        [scheme.id, said(scheme.title, lang), _clauses_of(scheme), str(len(scheme.parameters)), scheme.digest[:16]]
        for scheme in book.schemes
    ]
    headings = Text("编号,政策,条款,参数,指纹", "Id,Scheme,Clauses,Parameters,Digest").in_language(lang).split(",")
    print_table(f"{Text('政策', 'Policies').in_language(lang)} {book.digest[:16]}", headings, rows)


def _clauses_of(scheme: Scheme) -> str:
    return ", ".join(f"{clause.number} {clause.kind}" for clause in scheme.clauses)


def _scheme_summary(scheme: Scheme, lang: str) -> dict[str, object]:
    return {
        "scheme": scheme.id,
        "title": said(scheme.title, lang),
        "clauses": [clause.number for clause in scheme.clauses],
        "parameters": len(scheme.parameters),
        "digest": scheme.digest,
    }


@policy.command("show")
@click.argument("scheme")
@day_option
@listing
def show_scheme(scheme: str, day: datetime | None, policies: Path | None, as_json: bool, lang: str) -> None:
    """一项政策的参数；给日期则只列当日有效的 / One scheme's parameters; with --day those of that day."""
    found = present_book(policies).scheme(scheme)
    on = None if day is None else day.date()
    rows = [(parameter, value) for parameter in found.parameters for value in _values(parameter, on)]
    if as_json:
        print_json(_scheme_json(found, rows, lang))
        return
    headings = Text("参数,名称,值,日期,来源,依据", "Parameter,Title,Value,Dates,Origin,Reference").in_language(lang)
    title = f"{said(found.title, lang)} {on or ''} {found.digest[:16]}"
    print_table(title, headings.split(","), [_value_row(parameter, value, lang) for parameter, value in rows])


def _values(parameter: Parameter, on: date | None) -> list[Value | None]:
    """The values to list: all, or the day's; `None` stands for “no value”."""
    return list(parameter.values) or [None] if on is None else [parameter.on(on)]


def _value_row(parameter: Parameter, value: Value | None, lang: str) -> list[str]:
    start = [parameter.name, said(parameter.title, lang)]
    if value is None:
        return [*start, Text("没有值", "no value").in_language(lang), "", "", said(parameter.missing, lang)]
    reference = value.reference if value.note is None else f"{value.reference}：{said(value.note, lang)}"
    shown = said(parameter.shown(value.value), lang)
    return [*start, shown, _period(value.since, value.until), said(ORIGIN_TITLES[value.origin], lang), reference]


def _scheme_json(scheme: Scheme, rows: list[tuple[Parameter, Value | None]], lang: str) -> dict[str, object]:
    values = [_value_json(parameter, value, lang) for parameter, value in rows]
    return {**_scheme_summary(scheme, lang), "parameters": values}


def _value_json(parameter: Parameter, value: Value | None, lang: str) -> dict[str, object]:
    start = {"name": parameter.name, "title": said(parameter.title, lang), "type": parameter.type}
    if value is None:
        return {**start, "value": None, "missing": _json_text(parameter.missing, lang)}
    return {
        **start,
        "value": _plain(value.value),
        "shown": said(parameter.shown(value.value), lang),
        "since": value.since.isoformat(),
        "until": None if value.until is None else value.until.isoformat(),
        "reference": value.reference,
        "origin": value.origin,
        "decision": value.decision,
        "note": _json_text(value.note, lang),
        "quote": value.quote,
    }


def _plain(data: PolicyData) -> object:
    """A value for JSON: rates as exact text, money in fen."""
    if isinstance(data, dict):
        return {key: _plain(one) for key, one in data.items()}
    if isinstance(data, Decimal | date):
        return str(data)
    return list(data) if isinstance(data, tuple) else data


@policy.command("clauses")
@day_option
@listing
def list_clauses(day: datetime | None, policies: Path | None, as_json: bool, lang: str) -> None:
    """全部条款，当日能否兑付 / All clauses, and whether each is payable on the day."""
    on = present_day(day)
    clauses = present_book(policies).clauses
    if as_json:
        print_json([_clause_json(clause, on, lang) for clause in clauses])
        return
    headings = Text("条款,类,政策,事项,日期,可付,说明", "No.,Kind,Scheme,Clause,Dates,Payable,Reason").in_language(lang)
    title = f"{Text('条款', 'Clauses').in_language(lang)} {on}"
    print_table(title, headings.split(","), [_clause_row(clause, on, lang) for clause in clauses])


def _clause_row(clause: Clause, on: date, lang: str) -> list[str]:
    payable, reason = clause.payable_on(on)
    return [
        str(clause.number),
        f"{clause.kind} {said(KIND_TITLES[clause.kind], lang)}",
        clause.scheme,
        said(clause.title, lang),
        _period(clause.valid_from, clause.valid_until),
        "✓" if payable else "",
        said(reason, lang),
    ]


def _clause_json(clause: Clause, on: date, lang: str) -> dict[str, object]:
    payable, reason = clause.payable_on(on)
    texts = ("title", "beneficiary", "condition", "amount", "cap", "payer", "runs_by", "missing")
    return {
        "number": clause.number,
        "clause": said(clause.place, lang),
        "kind": clause.kind,
        "scheme": clause.scheme,
        **{name: _json_text(getattr(clause, name), lang) for name in texts},
        "valid_from": clause.valid_from.isoformat(),
        "valid_until": None if clause.valid_until is None else clause.valid_until.isoformat(),
        "reference": clause.reference,
        "quote": clause.quote,
        "day": on.isoformat(),
        "payable": payable,
        "reason": said(reason, lang),
    }
