"""The first start: the city goes into empty books as a whole, or not at all."""

import shutil
from pathlib import Path

import pytest

from config.demonstration.filling import fill, holds_something
from config.demonstration.loading.city import Step
from config.settings import Settings
from tests.config.conftest import City

WHO_IS_WHO = 5  # the first steps: offices, institutions, enterprises, people, accounts


def _in_part(todo: list[Step]) -> None:
    for step in todo[:WHO_IS_WHO]:
        step.run()


def _broken_off(todo: list[Step]) -> None:
    _in_part(todo)
    raise KeyboardInterrupt


@pytest.fixture
def home(tmp_path: Path, city: City) -> Settings:
    """A data folder with nothing but the city's files in it."""
    shutil.copytree(city.folder, tmp_path / "demonstration" / "city")
    return Settings(data_dir=tmp_path, demonstration=True)


def test_a_first_start_that_is_broken_off_leaves_no_books_and_the_next_one_fills_them(home: Settings) -> None:
    city = home.data_dir / "demonstration" / "city"
    with pytest.raises(KeyboardInterrupt):
        fill(home, city, _broken_off)
    assert not (home.data_dir / "yinqi.db").exists()
    assert not holds_something(home)

    fill(home, city, _in_part)
    assert holds_something(home)
    assert sorted(one.name for one in (home.data_dir / "demonstration").iterdir()) == ["city"]


def test_books_that_were_migrated_and_nothing_more_are_filled(home: Settings) -> None:
    city = home.data_dir / "demonstration" / "city"
    fill(home, city, lambda _todo: None)
    assert not holds_something(home)
    fill(home, city, _in_part)
    assert holds_something(home)
