"""create_app(): the one place where the contexts meet."""

from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, g, request, url_for
from flask.blueprints import Blueprint
from flask_smorest.blueprint import Blueprint as SmorestBlueprint
from werkzeug.middleware.proxy_fix import ProxyFix

import matchmaking.blueprints
import matchmaking.glances
import matchmaking.navigation
import matchmaking.search
import matchmaking.works
import settlement.blueprints
import settlement.glances
import settlement.navigation
import settlement.search
import settlement.works
from config.city_calendar import load_calendar
from config.declared import DECLARED
from config.demonstration.loading.parties import sign_ins
from config.filed_loans import filed_loans
from config.post import calendar_office, post_office, pull_office
from config.renewals import listed_borrowers, recorded_renewals, returned_loans, whitelist_digest
from config.scale_awards import draft_scale_award
from config.settings import DEMONSTRATION_KEY, HERE, Settings
from config.tour_stops import stops_of
from kernel import database
from kernel.accounts import api as accounts_api
from kernel.accounts import pages as accounts_pages
from kernel.accounts.access import may_open, undeclared
from kernel.audit import api as audit_api
from kernel.audit import pages as audit_pages
from kernel.audit.checkpoints import Checkpoints
from kernel.audit.remembering import Remembering
from kernel.clock import Clock
from kernel.feedback import api as feedback_api
from kernel.feedback import pages as feedback_pages
from kernel.feedback import tasks as feedback_tasks
from kernel.glossary import pages as glossary_pages
from kernel.outbox import api as outbox_api
from kernel.outbox import pages as outbox_pages
from kernel.outbox import platform_api
from kernel.outbox import tasks as outbox_tasks
from kernel.policies import PolicyBook, load_words
from kernel.saved_filters import api as saved_filters_api
from kernel.saved_filters import pages as saved_filters_pages
from kernel.tour import pages as tour_pages
from kernel.web import design, edge, formats, language, openapi, problems, rates, search, shell, vendor
from kernel.web.glances import GlanceSource
from kernel.web.navigation import NavigationItem, TaskSource, entries, room_entries
from kernel.web.policies import api as policies_api
from kernel.web.policies import pages as policies_pages
from kernel.web.search import SearchSource
from kernel.web.strict_json import StrictJSON
from kernel.works import api as works_api
from kernel.works import pages as works_pages
from kernel.works.kinds import WorkKind
from matchmaking.bridging import tasks as bridging_tasks
from matchmaking.deferrals import tasks as deferrals_tasks
from matchmaking.enrolment import tasks as enrolment_tasks
from matchmaking.enrolment.reading import closed_because
from matchmaking.measures import pages as measures_pages
from matchmaking.pool import tasks as pool_tasks
from matchmaking.recommendations import tasks as recommendations_tasks
from matchmaking.referrals import tasks as referrals_tasks
from matchmaking.referrals.held_meetings import take_up
from matchmaking.referrals.reading import past_refusers
from matchmaking.renewals import tasks as renewals_tasks
from matchmaking.series import tasks as series_tasks
from matchmaking.whitelist import tasks as whitelist_tasks
from settlement.awards import tasks as awards_tasks
from settlement.payments import tasks as payments_tasks
from settlement.payments.phases import phases_of
from settlement.readings import tasks as readings_tasks
from settlement.readings.in_force import BooksInForce
from settlement.renewed_loans import pages as renewed_loans_pages
from settlement.returns.child import intake_in_child
from settlement.squeezes import tasks as squeezes_tasks


class UndeclaredRoutes(Exception):
    """A route does not declare who may use it."""


@dataclass
class Wiring:
    """What the contexts hand to the shell."""

    apis: list[SmorestBlueprint] = field(default_factory=list)
    pages: list[Blueprint] = field(default_factory=list)
    navigation: list[NavigationItem] = field(default_factory=list)
    task_sources: list[TaskSource] = field(default_factory=list)
    glance_sources: list[GlanceSource] = field(default_factory=list)
    search_sources: list[SearchSource] = field(default_factory=list)
    work_kinds: list[WorkKind] = field(default_factory=list)


def wiring() -> Wiring:
    """Every blueprint, spine entry and task source of the house, in the order of the spine."""
    return Wiring(
        apis=[
            accounts_api.blueprint,
            policies_api.blueprint,
            audit_api.blueprint,
            outbox_api.blueprint,
            feedback_api.blueprint,
            saved_filters_api.blueprint,
            works_api.blueprint,
            platform_api.blueprint,
            *matchmaking.blueprints.APIS,
            *settlement.blueprints.APIS,
        ],
        pages=[
            vendor.blueprint,
            openapi.blueprint,
            search.blueprint,
            accounts_pages.blueprint,
            policies_pages.blueprint,
            audit_pages.blueprint,
            outbox_pages.blueprint,
            feedback_pages.blueprint,
            glossary_pages.blueprint,
            saved_filters_pages.blueprint,
            tour_pages.blueprint,
            works_pages.blueprint,
            *matchmaking.blueprints.PAGES,
            *settlement.blueprints.PAGES,
        ],
        navigation=[
            *accounts_pages.NAVIGATION,
            *settlement.navigation.OF_BUREAU,
            *payments_tasks.NAVIGATION,
            *matchmaking.navigation.NAVIGATION,
            *enrolment_tasks.NAVIGATION,
            *referrals_tasks.NAVIGATION,
            *recommendations_tasks.NAVIGATION,
            *measures_pages.NAVIGATION,
            *renewals_tasks.NAVIGATION,
            *deferrals_tasks.NAVIGATION,
            *bridging_tasks.NAVIGATION,
            *renewed_loans_pages.NAVIGATION,
            *pool_tasks.NAVIGATION,
            *whitelist_tasks.NAVIGATION,
            *squeezes_tasks.NAVIGATION,
            *settlement.navigation.OF_BANKS,
            *awards_tasks.NAVIGATION,
            *policies_pages.NAVIGATION,
            *readings_tasks.NAVIGATION,
            *outbox_pages.NAVIGATION,
            *audit_pages.NAVIGATION,
        ],
        task_sources=[
            matchmaking.navigation.tasks,
            enrolment_tasks.tasks,
            referrals_tasks.tasks,
            recommendations_tasks.tasks,
            pool_tasks.tasks,
            whitelist_tasks.tasks,
            renewals_tasks.tasks,
            deferrals_tasks.tasks,
            bridging_tasks.tasks,
            series_tasks.tasks,
            settlement.navigation.tasks,
            payments_tasks.tasks,
            readings_tasks.tasks,
            awards_tasks.tasks,
            outbox_tasks.tasks,
            feedback_tasks.tasks,
        ],
        glance_sources=[settlement.glances.glances, enrolment_tasks.glances, matchmaking.glances.glances],
        search_sources=[settlement.search.search, matchmaking.search.search],
        work_kinds=[*settlement.works.WORK_KINDS, *matchmaking.works.WORK_KINDS],
    )


def _configure(app: Flask, settings: Settings) -> None:
    app.json_provider_class = StrictJSON
    app.json = StrictJSON(app)
    app.config.update(
        SECRET_KEY=settings.secret_key or DEMONSTRATION_KEY,
        DATABASE_URL=settings.books_url,
        MAX_CONTENT_LENGTH=settings.upload_limit,
        MAX_FORM_MEMORY_SIZE=2 * 1024 * 1024,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_NAME="yinqi",
        PERMANENT_SESSION_LIFETIME=1800,
        TESTING=settings.testing,
        BABEL_DEFAULT_LOCALE="zh_Hans_CN",
        BABEL_DEFAULT_TIMEZONE="Asia/Shanghai",
        BABEL_TRANSLATION_DIRECTORIES=";".join(
            str(HERE.parent / room / "translations") for room in ("kernel", "settlement", "matchmaking")
        ),
    )


def _believe_proxies(app: Flask, count: int) -> None:
    """Take the caller's address from that many proxies, and nothing else: the Host that they pass on is the service's own."""
    if count:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=0, x_host=0)  # type: ignore[method-assign]


def _hand_over(app: Flask, settings: Settings, wires: Wiring) -> None:
    app.extensions["calendar"] = load_calendar(settings.city_dir)
    app.extensions["policies"] = PolicyBook.load(settings.policies_dir, DECLARED)
    app.extensions["open_words"] = load_words(settings.policies_dir, app.extensions["policies"], DECLARED)
    app.extensions["returned_loans"] = returned_loans
    app.extensions["recorded_renewals"] = recorded_renewals
    app.extensions["listed_borrowers"] = listed_borrowers
    app.extensions["whitelist_digest"] = whitelist_digest
    app.extensions["past_refusers"] = past_refusers
    app.extensions["meeting_held"] = take_up
    app.extensions["navigation"] = wires.navigation
    app.extensions["filed_loans"] = filed_loans
    app.extensions["intake"] = intake_in_child
    app.extensions["draft_scale_award"] = draft_scale_award
    app.extensions["task_sources"] = wires.task_sources
    app.extensions["glance_sources"] = wires.glance_sources
    app.extensions["search_sources"] = wires.search_sources
    app.extensions["work_kinds"] = {kind.name: kind for kind in wires.work_kinds}
    app.extensions["tour_stops"] = stops_of
    app.extensions["closed_because"] = closed_because
    app.extensions["statement_phases"] = phases_of


def start_services(app: Flask, settings: Settings) -> None:
    """Make what keeps state or depends on where the service runs: clock, caches, rate counters, keys, channels, checkpoints.

    Called once by `create_app`. The tests call it again for each test, so that one app serves many of them.
    """
    app.extensions["settings"] = settings
    app.extensions["clock"] = Clock(settings.clock_offset)
    app.extensions["policies_in_force"] = BooksInForce()
    app.extensions["remembering"] = Remembering()
    app.extensions["rates"] = rates.counter()
    app.extensions["seal_key"] = settings.sealing_key
    app.extensions["calendars"] = calendar_office(settings)
    app.extensions["pull_office"] = pull_office(settings)
    app.extensions["outbox"] = post_office(settings, app.extensions["pull_office"].platforms)
    app.extensions["sign_ins"] = _sign_ins(settings)
    app.extensions["checkpoints"] = Checkpoints(settings.checkpoints_dir)


def _sign_ins(settings: Settings) -> Callable[[], list[tuple[str, str, str, bool]]]:
    """The demonstration sign-ins shown on the welcome page; none outside demonstration mode."""
    return (lambda: list(sign_ins(database.current()))) if settings.demonstration else list


def _shell_values() -> dict[str, object]:
    """What `base.html` needs of every request."""
    caller = g.get("caller")
    return {
        "caller": caller,
        "navigation": entries(caller),
        "room": room_entries(caller),
        "may_open": may_open,
        "sign_out_url": url_for("accounts.sign_out") if caller else None,
        "sign_up_url": None if caller else url_for("enrolment.start"),
        "me_url": url_for("accounts.account") if caller else None,
        "search_url": url_for("search.find") if caller else None,
        "feedback_url": _feedback_url() if caller else None,
        "printed_at": edge.clock().now(),
    }


def _feedback_url() -> str:
    """The form for an opinion about the present page, with the number of this request."""
    return url_for("feedback.index", about=request.path, request_id=g.get("request_id", ""))


def check_declarations(app: Flask) -> None:
    """Refuse an app with a route that does not declare who may use it."""
    missing = undeclared(app)
    if missing:
        raise UndeclaredRoutes(", ".join(missing))


def create_app(settings: Settings) -> Flask:
    """The service with these settings; refuses to start when a route declares no access."""
    app = edge.YinqiFlask("yinqi", root_path=str(HERE), static_folder=None, template_folder=str(shell.TEMPLATES))
    _configure(app, settings)
    _believe_proxies(app, settings.trusted_proxies)
    wires = wiring()
    _hand_over(app, settings, wires)
    start_services(app, settings)
    database.init_app(app)
    language.init_app(app)
    edge.init_app(app)
    rates.init_app(app)
    formats.init_app(app)
    shell.init_app(app)
    openapi.create_api(app, wires.apis)
    problems.init_app(app)
    for blueprint in wires.pages:
        app.register_blueprint(blueprint)
    if settings.development:
        app.register_blueprint(design.blueprint)
    app.context_processor(_shell_values)
    check_declarations(app)
    return app
