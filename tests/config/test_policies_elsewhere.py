"""Policies that lie in a folder of the city's own: the pages, English ones too, stay the service's."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from config.policy_commands import POLICIES
from config.settings import Settings


@pytest.fixture
def settings(settings: Settings, tmp_path: Path) -> Settings:
    return replace(settings, policies_dir=Path(shutil.copytree(POLICIES, tmp_path / "of the city" / "policies")))


def test_english_pages_stay_english_when_the_policies_lie_elsewhere(app: Flask) -> None:
    page = app.test_client().get("/policies/clauses?lang=en", follow_redirects=True).get_data(as_text=True)
    assert '<html lang="en">' in page
    assert "Sign in" in page
    assert Path(app.root_path).name == "config"
