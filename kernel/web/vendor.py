"""Third-party style sheets and scripts, served from the installed packages and never committed."""

from importlib.resources import files
from pathlib import Path

from flask import Blueprint, Response, send_from_directory

from kernel.accounts.access import public
from kernel.errors import NotFound

FOLDERS = {
    "bootstrap": Path(str(files("flask_bootstrap"))) / "static" / "bootstrap5",
    "swagger-ui": Path(str(files("flask_swagger_ui"))) / "dist",
}

blueprint = Blueprint("vendor", __name__, url_prefix="/vendor")


@blueprint.get("/<package>/<path:name>")
@public()
def static(package: str, name: str) -> Response:
    """One file of one listed package."""
    if package not in FOLDERS:
        raise NotFound("no_such_file", "没有这个文件", "There is no such file")
    return send_from_directory(FOLDERS[package], name, max_age=86_400)
