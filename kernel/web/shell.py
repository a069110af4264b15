"""The shell's own templates and static files."""

from pathlib import Path

from flask import Flask, Response, send_from_directory

from kernel.accounts.access import public

TEMPLATES = Path(__file__).parent / "templates"
STATIC = Path(__file__).parent / "static"


@public()
def serve_static(filename: str) -> Response:
    """A style sheet, script, mark or built font of the service itself."""
    return send_from_directory(STATIC, filename, max_age=3600)


def init_app(app: Flask) -> None:
    """Serve the shell's static files under the endpoint `static`."""
    app.add_url_rule("/static/<path:filename>", endpoint="static", view_func=serve_static)
