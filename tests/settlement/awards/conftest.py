"""Fixtures of the tests of claims."""

from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from tests.settlement.awards.desk import Desk, make_desk


@pytest.fixture
def desk(app: Flask, db: Session, tmp_path: Path) -> Desk:
    """Books with a firm that claims and the hands that decide."""
    return make_desk(app, db, tmp_path)
