"""Fixtures of the tests of payments."""

import pytest
from flask import Flask
from sqlmodel import Session

from tests.settlement.payments.payment_floor import Counter, make_counter


@pytest.fixture
def counter(app: Flask, db: Session) -> Counter:
    """A finance bureau ready to pay."""
    return make_counter(app, db)
