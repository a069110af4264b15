"""The blueprint of every JSON route: smorest's, reading bodies with the app's strict JSON instead of webargs' own reader."""

from typing import Any

import flask
import flask_smorest
from webargs import core
from webargs.flaskparser import FlaskParser, is_json_request
from werkzeug.exceptions import BadRequest


class StrictParser(FlaskParser):
    """Reads a JSON body with `kernel.web.strict_json`; a body it refuses answers 400."""

    def load_json(self, req: flask.Request, schema: Any) -> Any:
        if not is_json_request(req) or not req.get_data(cache=True):
            return core.missing
        try:
            return flask.current_app.json.loads(req.get_data(cache=True))
        except (ValueError, RecursionError) as error:  # bad syntax, bad UTF-8, 5000-digit integers
            raise BadRequest from error


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc]
    """A blueprint of the JSON API. The parser stands on the class, because decorators bind it when a module is imported."""

    ARGUMENTS_PARSER = StrictParser()
