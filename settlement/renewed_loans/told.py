"""What the composition root hands over to the cross-check."""

from flask import current_app

from settlement.renewed_loans.service import RecordedSide


def recorded_renewals() -> RecordedSide:
    """The renewals that the matchmaking keeps, by bank and day, and its whitelist."""
    extensions = current_app.extensions
    return RecordedSide(extensions["recorded_renewals"], extensions["listed_borrowers"], extensions["whitelist_digest"])
