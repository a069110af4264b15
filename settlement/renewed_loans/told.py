"""What the composition root hands over to the cross-check."""

from flask import current_app

from settlement.renewed_loans.service import RecordedRenewals


def recorded_renewals() -> RecordedRenewals:
    """The renewals that the matchmaking keeps, by bank and day."""
    found: RecordedRenewals = current_app.extensions["recorded_renewals"]
    return found
