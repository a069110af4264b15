"""`yinqi awards …`: what can be claimed, what the rule says of it, claims and their papers, from the command line."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import click
from flask import current_app
from marshmallow import ValidationError
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import Clock
from kernel.errors import Refused
from kernel.money import grouped
from settlement.acting import acting, as_json, print_json, print_table, who
from settlement.awards import service
from settlement.awards.dishonesty import record_listing
from settlement.awards.evidence import SentPaper, attach
from settlement.awards.intake import evidence_archive
from settlement.awards.judging import StatedClaim
from settlement.awards.schemas import AwardDecisionOut, AwardKindOut, ClaimOut, WholeClaimOut, stated_from_json
from settlement.awards.views import AwardDecisionView, claim_view, claimable_kinds, decision_view
from settlement.awards.workflow import STATES
from settlement.event_awards import kind_of
from settlement.handed_over import policy_book

F = TypeVar("F", bound=Callable[..., Any])


def _clock() -> Clock:
    found = current_app.extensions["clock"]
    assert isinstance(found, Clock)
    return found


@click.group()
def awards() -> None:
    """奖补：可报什么、试算、申报、查看 / Event awards: what can be claimed, check, file, show."""


@awards.command("kinds")
@who
@as_json
@acting
def kinds_command(_db: Session, caller: Caller, in_json: bool) -> None:
    """可以报的奖补和要填的内容 / What the caller may claim, and what each asks for."""
    found = claimable_kinds(caller, policy_book())
    if in_json:
        print_json(AwardKindOut(many=True).dump([one.told for one in found]))
        return
    rows = (
        (
            one.scheme,
            one.title.zh,
            "、".join(fact.name for fact in one.kind.facts),
            "、".join(p.code for p in one.kind.evidence),
        )
        for one in found
    )
    print_table(("编号 scheme", "奖补 award", "内容 facts", "材料 papers"), rows)


@awards.command("list")
@click.option("--state", type=click.Choice(list(STATES)), help="状态 State")
@who
@as_json
@acting
def list_command(db: Session, caller: Caller, state: str | None, in_json: bool) -> None:
    """申报 / Claims that the caller may see."""
    rows = service.claims_of(db, caller, state=state)
    if in_json:
        print_json(ClaimOut(many=True).dump(rows))
        return
    cells = (
        (
            str(row.claim.id),
            row.claim.scheme,
            row.party.name,
            str(row.claim.day),
            STATES[row.claim.state].zh,
            "" if row.claim.amount is None else grouped(row.claim.amount),
        )
        for row in rows
    )
    print_table(("#", "奖补 award", "单位 party", "事项日 day", "状态 state", "金额 amount"), cells)


@awards.command("show")
@click.argument("claim_id", type=click.IntRange(1))
@who
@as_json
@acting
def show_command(db: Session, caller: Caller, claim_id: int, in_json: bool) -> None:
    """一份申报和规则的回答 / One claim, and what the rule says of it."""
    view = claim_view(db, caller, claim_id, policy_book(), _clock().today())
    if in_json:
        print_json(WholeClaimOut().dump(view.told))
        return
    click.echo(
        f"#{claim_id} {view.kind.title.zh} / {view.kind.title.en}  {view.party.name}  {view.state.zh} / {view.state.en}"
    )
    for fact, _value, _title in view.fact_rows:
        click.echo(f"  {fact.title.zh} {fact.name}: {view.travelling_facts[fact.name]}")
    for paper in view.papers:
        click.echo(f"  {paper.paper}: {paper.file_name} {paper.digest[:12]}")
    if view.decision:
        _print_decision(view.decision)
    for grant in view.granted:
        click.echo(f"  条款 clause {grant['clause']['number']}: {grouped(grant['amount'])}")


def _print_decision(view: AwardDecisionView) -> None:
    for line, shares in view.lines:
        amount = "?" if line.amount is None else grouped(line.amount)
        payers = "，".join(f"{share.payer} {grouped(share.amount)}" for share in shares)
        click.echo(f"  条款 clause {line.clause.number}: {amount}  {payers}")
    for reason in view.decision.reasons:
        click.echo(f"  {reason.code}: {reason.text.zh} / {reason.text.en}")


def _stated(scheme: str, day: datetime, document: str, facts: tuple[str, ...]) -> StatedClaim:
    """A statement from the options; a wrong fact is wrong use."""
    kind = kind_of(scheme)
    written: dict[str, Any] = dict(one.partition("=")[::2] for one in facts)
    values = {"facts": written, "day": day.date(), "document": document}
    try:
        return stated_from_json(kind, values, policy_book())
    except ValidationError as error:
        raise click.UsageError(_said(error.messages)) from None


def _said(messages: Any) -> str:
    """Every message of a validation, field by field."""
    lines = []
    for field, texts in messages["facts"].items():
        for text in texts:
            lines.append(f"{field}: {text.zh} / {text.en}" if isinstance(text, Text) else f"{field}: {text}")
    return "；".join(lines)


def _claiming(command: F) -> F:
    """What check and file have in common."""
    for option in (
        click.argument("scheme"),
        click.option("--day", type=click.DateTime(["%Y-%m-%d"]), required=True, help="事项日 Qualifying day"),
        click.option(
            "--fact",
            "facts",
            multiple=True,
            metavar="NAME=VALUE",
            help="内容 One stated fact; yes/no, yuan, days as written",
        ),
        click.option("--document", default="", help="证明文号 Number of the document"),
        click.option(
            "--for", "code", default="", metavar="CODE", help="替哪家单位 Credit code, where a bureau enters it"
        ),
    ):
        command = option(command)
    return command


@awards.command("check")
@_claiming
@who
@as_json
@acting
def check_command(
    db: Session,
    caller: Caller,
    scheme: str,
    day: datetime,
    facts: tuple[str, ...],
    document: str,
    code: str,
    in_json: bool,
) -> None:
    """试算，不留下什么 / What the rule would say; nothing is kept."""
    stated, book = _stated(scheme, day, document, facts), policy_book()
    view = decision_view(service.check(db, caller, stated, code=code, book=book, today=_clock().today()), book)
    if in_json:
        print_json(AwardDecisionOut().dump(view.told))
    else:
        _print_decision(view)


@awards.command("file")
@_claiming
@click.option("--paper", "papers", multiple=True, metavar="CODE=FILE", help="材料 One paper to attach")
@who
@as_json
@acting
def file_command(
    db: Session,
    caller: Caller,
    scheme: str,
    day: datetime,
    facts: tuple[str, ...],
    document: str,
    code: str,
    papers: tuple[str, ...],
    in_json: bool,
) -> None:
    """起草、附材料、申报 / Draft, attach and file. Exit 0 filed, 1 refused (the draft stays), 2 wrong use."""
    stated, book, clock = _stated(scheme, day, document, facts), policy_book(), _clock()
    now, today = clock.now(), clock.today()
    claim = database.write(db, lambda db: service.draft(db, caller, stated, code=code, book=book, at=now, today=today))
    number = claim.id or 0
    for paper, _, name in (one.partition("=") for one in papers):
        path = Path(name)
        if not path.is_file():
            raise Refused("no_such_file", f"没有文件 {name}", f"There is no file {name}")
        attach(db, caller, number, SentPaper(paper, path.name, path), evidence_archive(), at=now)
    database.write(db, lambda db: service.move(db, caller, number, "file", book=book, at=now, today=today))
    view = claim_view(db, caller, number, book, today)
    if in_json:
        print_json(WholeClaimOut().dump(view.told))
    else:
        click.echo(f"#{number} {view.state.zh} / {view.state.en}")


@awards.command("dishonest")
@click.argument("code")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), required=True, help="列入日 Day of the listing")
@click.option("--document", required=True, help="依据 The document that says so")
@who
@acting
def dishonest_command(db: Session, caller: Caller, code: str, since: datetime, document: str) -> None:
    """登记严重失信：暂停给付，资格还在 / Record serious dishonesty: awards are suspended, not extinguished."""
    now, today, day = _clock().now(), _clock().today(), since.date()
    party = database.write(
        db, lambda db: record_listing(db, caller, code=code, since=day, document=document, at=now, today=today)
    )
    click.echo(f"{party.name} {day} ✓")
