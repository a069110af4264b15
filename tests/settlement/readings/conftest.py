"""Fixtures of readings."""

from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from tests.settlement.readings.desks import Desk, make_desk


@pytest.fixture
def desk(app: Flask, db: Session, tmp_path: Path) -> Desk:
    """The bureau's people, on empty books."""
    return make_desk(app, db, tmp_path)
