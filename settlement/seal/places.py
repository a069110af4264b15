"""What the views and commands of seals hand to their services."""

from flask import current_app

from kernel.audit.watching import checkpoints
from settlement.handed_over import premises
from settlement.seal.service import SealPlaces


def seal_places() -> SealPlaces:
    """Of the present request or command."""
    return SealPlaces(premises().keeping, current_app.extensions["policies"], checkpoints())
