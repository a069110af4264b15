"""What the composition root hands over to the pages of statements."""

from flask import current_app

from settlement.statements.standing import Standings


def standings() -> Standings:
    """Which statements pages call outdated, as last read."""
    found = current_app.extensions["standings"]
    assert isinstance(found, Standings)
    return found
