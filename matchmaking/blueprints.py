"""What the matchmaking hangs on the app."""

from flask.blueprints import Blueprint
from flask_smorest.blueprint import Blueprint as SmorestBlueprint

from matchmaking.attendance import api as attendance_api
from matchmaking.attendance import pages as attendance_pages
from matchmaking.board import pages as board_pages
from matchmaking.bridging import api as bridging_api
from matchmaking.bridging import pages as bridging_pages
from matchmaking.bridging import pool_pages as bridging_pool_pages  # noqa: F401 - hangs its routes on the fund's blueprint
from matchmaking.calendars import pages as calendars_pages
from matchmaking.clients import api as clients_api
from matchmaking.clients import pages as clients_pages
from matchmaking.deferrals import api as deferrals_api
from matchmaking.deferrals import pages as deferrals_pages
from matchmaking.enrolment import api as enrolment_api
from matchmaking.enrolment import desk as enrolment_desk
from matchmaking.enrolment import pages as enrolment_pages
from matchmaking.imports import api as imports_api
from matchmaking.imports import pages as imports_pages
from matchmaking.measures import api as measures_api
from matchmaking.measures import pages as measures_pages
from matchmaking.offers import api as offers_api
from matchmaking.offers import pages as offers_pages
from matchmaking.pool import api as pool_api
from matchmaking.pool import pages as pool_pages
from matchmaking.pool import report_pages as pool_report_pages  # noqa: F401 - hangs its routes on the pool's blueprint
from matchmaking.products import api as products_api
from matchmaking.products import pages as products_pages
from matchmaking.recommendations import api as recommendations_api
from matchmaking.recommendations import pages as recommendations_pages
from matchmaking.referrals import api as referrals_api
from matchmaking.referrals import pages as referrals_pages
from matchmaking.releases import api as releases_api  # noqa: F401 - hangs its routes on the sessions' blueprints
from matchmaking.releases import pages as releases_pages  # noqa: F401
from matchmaking.renewals import api as renewals_api
from matchmaking.renewals import pages as renewals_pages
from matchmaking.requests import api as requests_api
from matchmaking.requests import pages as requests_pages
from matchmaking.series import api as series_api
from matchmaking.series import pages as series_pages
from matchmaking.sessions import api as sessions_api
from matchmaking.sessions import (  # noqa: F401 - they hang their routes on the blueprints below
    block_pages,
    consent_pages,
    organiser_pages,
    request_pages,
)
from matchmaking.sessions import pages as sessions_pages
from matchmaking.whitelist import api as whitelist_api
from matchmaking.whitelist import bulk_pages as whitelist_bulk_pages
from matchmaking.whitelist import pages as whitelist_pages

APIS: list[SmorestBlueprint] = [
    products_api.blueprint,
    imports_api.blueprint,
    clients_api.blueprint,
    requests_api.blueprint,
    enrolment_api.blueprint,
    offers_api.blueprint,
    sessions_api.blueprint,
    referrals_api.blueprint,
    recommendations_api.blueprint,
    measures_api.blueprint,
    attendance_api.blueprint,
    series_api.blueprint,
    pool_api.blueprint,
    whitelist_api.blueprint,
    sessions_api.blocks_blueprint,
    bridging_api.blueprint,
    renewals_api.blueprint,
    deferrals_api.blueprint,
]
PAGES: list[Blueprint] = [
    products_pages.blueprint,
    imports_pages.blueprint,
    clients_pages.blueprint,
    requests_pages.blueprint,
    enrolment_pages.blueprint,
    enrolment_desk.blueprint,
    offers_pages.blueprint,
    sessions_pages.blueprint,
    referrals_pages.blueprint,
    recommendations_pages.blueprint,
    measures_pages.blueprint,
    attendance_pages.blueprint,
    calendars_pages.blueprint,
    board_pages.blueprint,
    series_pages.blueprint,
    pool_pages.blueprint,
    whitelist_pages.blueprint,
    whitelist_bulk_pages.blueprint,
    bridging_pages.blueprint,
    renewals_pages.blueprint,
    deferrals_pages.blueprint,
]
