"""Where readings keep their files, and the decisions' own way into the app; for views, commands and the composition root."""

from flask import current_app

from kernel.policies import OpenWords, PolicyBook
from settlement.readings.outcomes import OutcomeStore
from settlement.returns.archive import Archive


def open_words() -> OpenWords:
    """The register of open words."""
    found = current_app.extensions["open_words"]
    assert isinstance(found, OpenWords)
    return found


def policy_files() -> PolicyBook:
    """The policies as the files have them, without decisions."""
    found = current_app.extensions["policies"]
    assert isinstance(found, PolicyBook)
    return found


def documents_archive() -> Archive:
    """The scanned papers of decisions."""
    return Archive(current_app.extensions["settings"].archive_dir / "decisions")


def outcome_store() -> OutcomeStore:
    """What runs have found out."""
    return OutcomeStore(current_app.extensions["settings"].archive_dir / "what-if")
