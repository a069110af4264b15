"""Fixtures of the batches' tests."""

import pytest
from flask import Flask

from tests.settlement.batches.batch_floor import Bureau, make_batch_floor
from tests.settlement.filing_floor import Floor


@pytest.fixture
def bureau(app: Flask, floor: Floor) -> Bureau:
    """A computed quarter of two banks and the four hands of the bureau."""
    return make_batch_floor(app, floor)
