"""Where readings keep their files, and the decisions' own way into the app; for views, commands and the composition root."""

import time
from collections.abc import Callable

from flask import current_app

from kernel.policies import OpenWords, PolicyBook
from settlement.readings.outcomes import OutcomeStore
from settlement.returns.archive import Archive

PAGE_SECONDS = 4.0  # a page answers within this, with what is known or with how far it has come


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


def time_limit(seconds: float = PAGE_SECONDS) -> Callable[[], bool]:
    """Tells when so many seconds have passed."""
    until = time.monotonic() + seconds
    return lambda: time.monotonic() >= until
