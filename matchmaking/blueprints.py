"""What the matchmaking hangs on the app."""

from flask.blueprints import Blueprint
from flask_smorest.blueprint import Blueprint as SmorestBlueprint

from matchmaking.offers import api as offers_api
from matchmaking.offers import pages as offers_pages
from matchmaking.products import api as products_api
from matchmaking.products import pages as products_pages
from matchmaking.requests import api as requests_api
from matchmaking.requests import pages as requests_pages
from matchmaking.sessions import api as sessions_api
from matchmaking.sessions import (  # noqa: F401 - they hang their routes on the blueprints below
    block_pages,
    consent_pages,
    organiser_pages,
    request_pages,
)
from matchmaking.sessions import pages as sessions_pages

APIS: list[SmorestBlueprint] = [
    products_api.blueprint,
    requests_api.blueprint,
    offers_api.blueprint,
    sessions_api.blueprint,
    sessions_api.blocks_blueprint,
]
PAGES: list[Blueprint] = [
    products_pages.blueprint,
    requests_pages.blueprint,
    offers_pages.blueprint,
    sessions_pages.blueprint,
]
