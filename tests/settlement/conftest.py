"""Fixtures of the settlement's tests."""

from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from tests.settlement.filing_floor import Floor, make_floor


@pytest.fixture
def floor(app: Flask, db: Session, tmp_path: Path) -> Floor:
    """Books with one bank and its people, and a folder for its returns."""
    return make_floor(app, db, tmp_path)
