"""The auditors' pages: the trail, its check, and the published checkpoints."""

from dataclasses import asdict
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from marshmallow import EXCLUDE
from sqlmodel import col

from kernel import database
from kernel.accounts.access import public, requires
from kernel.audit.models import AuditEntry
from kernel.audit.reading import TrailAsked, acts, trail_query
from kernel.audit.watching import checkpoints, trail_state
from kernel.bilingual import Text
from kernel.fields import Line
from kernel.web.lists import ListColumn, ListLayout, list_page
from kernel.web.navigation import NavigationItem
from kernel.web.paging import DaysAskedSchema, page_of

AUDITORS = ("auditor", "audit_administrator")

blueprint = Blueprint("audit", __name__)

THE_SERVICE_ITSELF = Text("服务自身", "the service itself")
NAVIGATION = [NavigationItem("audit.trail", Text("审计", "Trail"), frozenset(AUDITORS))]

TRAIL = ListLayout(
    "audit-trail",
    Text("变更记录", "Changes"),
    (
        ListColumn("number", Text("序号", "Number"), "AuditEntry.number", col(AuditEntry.number)),
        ListColumn("at", Text("时间", "Time"), "AuditEntry.at", col(AuditEntry.at)),
        ListColumn("person", Text("谁", "Who"), lambda row: row.Account.name if row.Account else THE_SERVICE_ITSELF),
        ListColumn("username", Text("用户名", "Username"), lambda row: row.Account.username if row.Account else None),
        ListColumn("organisation", Text("单位", "Organisation"), lambda row: row.Party.name if row.Party else None),
        ListColumn("act", Text("动作", "Act"), "AuditEntry.act", col(AuditEntry.act)),
        ListColumn("subject_kind", Text("对象", "Subject"), "AuditEntry.subject_kind"),
        ListColumn("subject_id", Text("对象编号", "Subject number"), "AuditEntry.subject_id"),
        ListColumn("detail", Text("内容", "Detail"), "AuditEntry.detail"),
        ListColumn("digest", Text("指纹", "Digest"), "AuditEntry.digest"),
    ),
)


class TrailSchema(DaysAskedSchema):
    """Query arguments of the trail."""

    act = Line(longest=60, shortest=0, load_default="")
    subject = Line(longest=80, shortest=0, load_default="")
    username = Line(longest=60, shortest=0, load_default="")


@blueprint.get("/audit")
@requires(*AUDITORS)
def trail() -> ResponseReturnValue:
    """Every change: who, what, when, on what."""
    given = {name: value for name, value in request.args.items() if value}
    found: dict[str, Any] = TrailSchema().load(given, unknown=EXCLUDE)
    asked = TrailAsked(**{name: found[name] for name in asdict(TrailAsked())})
    db = database.current()
    return list_page(
        TRAIL,
        found,
        lambda part: page_of(db, trail_query(asked), part),
        lambda page: render_template(
            "audit/trail.html", page=page, asked=asked, acts=acts(db), last=checkpoints().last
        ),
    )


@blueprint.get("/audit/check")
@requires(*AUDITORS)
def check() -> ResponseReturnValue:
    """The whole chain recomputed, held against every published checkpoint."""
    state = trail_state(database.current(), checkpoints())
    return render_template("audit/check.html", state=state, last=checkpoints().last)


@blueprint.get("/audit/checkpoints.jsonl")
@public()
def published() -> ResponseReturnValue:
    """Every checkpoint, a line each: whoever keeps a copy can tell later whether the trail was rewritten."""
    return Response(checkpoints().lines(), content_type="application/jsonl; charset=utf-8")


@blueprint.get("/audit/checkpoint-key.pem")
@public()
def public_key() -> ResponseReturnValue:
    """The key that the signatures of checkpoints are checked with."""
    return Response(checkpoints().public_key, content_type="application/x-pem-file")
