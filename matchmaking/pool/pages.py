"""Pages of the pool: the radar of the city, one county, nominating, one stay with its moves, monthly revenue."""

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import EXCLUDE

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.audit.remembering import remembering
from kernel.bilingual import Text
from kernel.errors import Conflict, DomainError, Invalid, NotFound, Refused
from kernel.regions import Region
from kernel.regions import region as region_of
from kernel.tables.faults import Fault, FileRefused
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.forms import Form, load_form
from kernel.web.language import spoken
from kernel.web.lists import list_page
from kernel.web.paging import Page
from matchmaking.handed_over import policy_book
from matchmaking.page_words import page_values
from matchmaking.pool import bars, filing, reading, service
from matchmaking.pool.api import rules_today, take_claim, take_move, take_nominations, take_revenues
from matchmaking.pool.lists import ENTRIES
from matchmaking.pool.outlook import OUTLOOKS
from matchmaking.pool.radar import CountyRadar, radar_shown
from matchmaking.pool.review import reviews_for
from matchmaking.pool.scale_awards import CLAIMANTS
from matchmaking.pool.schemas import (
    BarSchema,
    EntriesAskedSchema,
    NominationSchema,
    PoolMoveFormSchema,
    nomination_from,
)
from matchmaking.pool.scope import COUNTY, INDUSTRY, POOL_READERS, entry_for, region_for, regions_of
from matchmaking.pool.workflow import NEEDS_REASON, POOL_MOVES, STATES
from matchmaking.sent_files import CSV

blueprint = Blueprint("pool", __name__, url_prefix="/pool", template_folder="../templates")

TONES = {"nominated": "wait", "admitted": "ok", "reached_scale": "dai"}
OUTLOOK_TONES = {"below": "stop", "near": "wait", "at_scale": "ok"}
DONE = {
    "admit": Text("入库了", "Admitted to the pool"),
    "reject": Text("不予入库，原因已写明", "Not admitted, with the reason"),
    "withdraw": Text("推荐撤回了", "The nomination is withdrawn"),
    "reach": Text(
        "记下了，这家企业已升规；首次入库奖励可以申报", "Recorded: the firm reached scale and may claim its award"
    ),
    "leave": Text("出库了，原因已写明", "Taken out of the pool, with the reason"),
}
TEMPLATES = {"nominations": filing.NOMINATIONS, "revenues": filing.REVENUES}
blueprint.context_processor(
    lambda: (
        page_values()
        | {
            "POOL_STATES": STATES,
            "POOL_TONES": TONES,
            "POOL_MOVES": POOL_MOVES.by_verb,
            "OUTLOOKS": OUTLOOKS,
            "OUTLOOK_TONES": OUTLOOK_TONES,
            "region_name": lambda code: region_of(code).name,
        }
    )
)


@blueprint.get("")
@requires(*POOL_READERS)
def index() -> ResponseReturnValue:
    """The radar of every county; a county officer comes to the own county."""
    if caller().role == COUNTY:
        return redirect(url_for("pool.county", code=caller().fiscal_region))
    today, rules = clock().today(), rules_today()
    radar = _radar(regions_of(caller()))
    return render_template("pool/index.html", radar=radar, rules=rules, today=today)


def _radar(regions: Iterable[Region]) -> list[CountyRadar]:
    return radar_shown(database.current(), regions, book=policy_book(), day=clock().today(), remembering=remembering())


@blueprint.get("/counties/<code>")
@requires(*POOL_READERS)
def county(code: str) -> ResponseReturnValue:
    """One county: quota, firms to decide, firms in the pool, firms to watch."""
    return _county_page(code, Form())


def _county_page(code: str, form: Form, faults: tuple[Fault, ...] = (), status: int = 200) -> ResponseReturnValue:
    db, today, rules = database.current(), clock().today(), rules_today()
    one = region_for(caller(), code)
    (radar,) = _radar([one])
    typed = {name: value for name, value in request.args.items() if value}
    asked = EntriesAskedSchema().load(typed, unknown=EXCLUDE)

    def show(page: Page[Any]) -> ResponseReturnValue:
        html = render_template(
            "pool/county.html",
            one=radar,
            rules=rules,
            page=page,
            asked_state=asked["state"],
            today=today,
            form=form,
            faults=[fault for fault in faults if fault.severity == "error"],
            reviews=reviews_for(db, caller(), code)[:4],
            is_own=caller().role == COUNTY,
            may_file=caller().role in (COUNTY, INDUSTRY),
        )
        return html, status

    return list_page(
        ENTRIES, asked, lambda part: reading.entries(db, caller(), part, region=code, state=asked["state"]), show
    )


@blueprint.get("/nominate")
@requires(COUNTY)
def new() -> ResponseReturnValue:
    return _nominate_page(Form({"year": str(clock().today().year - 1)}))


def _nominate_page(form: Form, status: int = 200, *, waits: bool = False) -> ResponseReturnValue:
    bar = bars.bar_on(database.current(), caller().fiscal_region, rules_today(), clock().today())
    return render_template("pool/nominate.html", form=form, bar=bar, waits=waits), status


@blueprint.post("/nominate")
@requires(COUNTY)
def nominate() -> ResponseReturnValue:
    values, form = load_form(NominationSchema())
    if values is None:
        return _nominate_page(form, 422)
    now, said = clock(), nomination_from(values)
    try:
        entry = service.nominate(
            database.current(), caller(), said, rules=rules_today(), at=now.now(), today=now.today()
        )
    except Invalid as error:
        return _nominate_page(form.take(error), 422)
    except (NotFound, Conflict) as refused:
        form.errors["code"] = refused.text
        return _nominate_page(form, 422, waits=refused.code == service.SIGN_UP_WAITS)
    flash(_("推荐好了，等工信局入库"), "ok")
    return redirect(url_for("pool.show", entry_id=entry.id))


@blueprint.post("/nominations")
@requires(COUNTY, transaction="own", rate="upload")
def nominate_file() -> ResponseReturnValue:
    """A whole file of nominations, or nothing with every fault."""
    try:
        made = take_nominations()
    except DomainError as error:
        return _refused_file(caller().fiscal_region, error)
    flash(ngettext("推荐了 %(num)s 家", "推荐了 %(num)s 家", len(made)), "ok")
    return redirect(url_for("pool.county", code=caller().fiscal_region, state="nominated"))


def _refused_file(code: str, error: DomainError, name: str = "file") -> ResponseReturnValue:
    if isinstance(error, FileRefused):
        return _county_page(code, Form(), error.faults, 422)
    text = error.errors[0].text if isinstance(error, Invalid) else error.text
    return _county_page(code, Form(errors={name: text}), status=422)


@blueprint.post("/counties/<code>/revenues")
@requires(COUNTY, INDUSTRY, transaction="own", rate="upload")
def file_revenues(code: str) -> ResponseReturnValue:
    """A whole file of monthly revenue, or nothing with every fault."""
    region_for(caller(), code)
    try:
        taken = take_revenues()
    except DomainError as error:
        return _refused_file(code, error, "revenues")
    flash(ngettext("记下 %(num)s 个月度收入", "记下 %(num)s 个月度收入", taken), "ok")
    return redirect(url_for("pool.county", code=code, _anchor="watched"))


@blueprint.get("/templates/<name>.csv")
@requires(COUNTY, INDUSTRY)
def template(name: str) -> ResponseReturnValue:
    """An empty file with its Chinese headings."""
    if name not in TEMPLATES:
        raise NotFound("template_not_found", "没有这个模板", "There is no such template")
    return file_to_save(filing.empty_file(TEMPLATES[name]), f"{name}.csv", CSV)


@blueprint.post("/bar")
@requires(COUNTY)
def lower_bar() -> ResponseReturnValue:
    code = caller().fiscal_region
    values, form = load_form(BarSchema())
    if values is None:
        return _county_page(code, form, status=422)
    now = clock()
    try:
        bars.lower_bar(database.current(), caller(), **values, rules=rules_today(), at=now.now(), today=now.today())
    except (Refused, Conflict) as refused:
        form.errors["bar"] = refused.text
        return _county_page(code, form, status=422)
    flash(_("入库标准从今天起下调，原因已记下"), "ok")
    return redirect(url_for("pool.county", code=code))


@blueprint.get("/entries/<int:entry_id>")
@requires(*POOL_READERS)
def show(entry_id: int) -> ResponseReturnValue:
    """One stay: what was nominated, every step, what can be done now."""
    db = database.current()
    entry, party = entry_for(db, caller(), entry_id)
    return render_template(
        "pool/show.html",
        entry=entry,
        party=party,
        steps=reading.steps_of(db, caller(), entry_id),
        verbs=service.allowed_verbs(caller(), entry),
        scale=reading.scale_entry_of(db, entry),
    )


@blueprint.get("/entries/<int:entry_id>/<verb>")
@requires(COUNTY, INDUSTRY)
def confirm(entry_id: int, verb: str) -> ResponseReturnValue:
    """The page before a move."""
    return _confirm_page(entry_id, verb, Form())


def _confirm_page(entry_id: int, verb: str, form: Form, status: int = 200) -> ResponseReturnValue:
    entry, party = entry_for(database.current(), caller(), entry_id)
    if verb not in service.allowed_verbs(caller(), entry):
        raise NotFound("move_not_found", "现在没有这一步", "There is no such step now")
    html = render_template(
        "pool/confirm.html", entry=entry, party=party, verb=verb, form=form, needs_reason=verb in NEEDS_REASON
    )
    return html, status


@blueprint.post("/entries/<int:entry_id>/<verb>")
@requires(COUNTY, INDUSTRY)
def move(entry_id: int, verb: str) -> ResponseReturnValue:
    if verb not in POOL_MOVES.by_verb:
        raise NotFound("move_not_found", "没有这一步", "There is no such step")
    values, form = load_form(PoolMoveFormSchema(verb))
    if values is None:
        return _confirm_page(entry_id, verb, form, 422)
    said: dict[str, Any] = values | {"move": verb}
    try:
        take_move(entry_id, said)
    except Invalid as error:
        return _confirm_page(entry_id, verb, form.take(error), 422)
    flash(spoken(DONE[verb]), "ok")
    return redirect(url_for("pool.show", entry_id=entry_id))


@blueprint.post("/firms/<int:enterprise_id>/award-claims")
@requires(*CLAIMANTS)
def draft_award_claim(enterprise_id: int) -> ResponseReturnValue:
    """Draft the award claim of a firm that reached scale and lead to it."""
    url = take_claim(enterprise_id)
    flash(_("申报草稿写好了，附上材料就能申报"), "ok")
    return redirect(url)
