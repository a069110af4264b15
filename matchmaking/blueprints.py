"""What the matchmaking hangs on the app."""

from flask.blueprints import Blueprint
from flask_smorest.blueprint import Blueprint as SmorestBlueprint

from matchmaking.offers import api as offers_api
from matchmaking.products import api as products_api
from matchmaking.requests import api as requests_api
from matchmaking.sessions import api as sessions_api

APIS: list[SmorestBlueprint] = [
    products_api.blueprint,
    requests_api.blueprint,
    offers_api.blueprint,
    sessions_api.blueprint,
    sessions_api.blocks_blueprint,
]
PAGES: list[Blueprint] = []
