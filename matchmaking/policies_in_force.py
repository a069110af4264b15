"""The policy book of the present app."""

from flask import current_app

from kernel import database
from kernel.policies import PolicyBook


def policy_book() -> PolicyBook:
    """The policies in force: the files with the checked decisions laid over them."""
    extensions = current_app.extensions
    found = extensions["policies_in_force"](database.current(), extensions["policies"])
    assert isinstance(found, PolicyBook)
    return found
