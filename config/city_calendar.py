"""The working days of the city: the State Council's calendar with the override table `city/workdays.toml`."""

import tomllib
from datetime import date
from pathlib import Path

from kernel.workdays import WorkCalendar


def load_calendar(city_dir: Path) -> WorkCalendar:
    """The calendar with the city's own days off and make-up days."""
    table = tomllib.loads((city_dir / "workdays.toml").read_text(encoding="utf-8"))
    overrides = {date.fromisoformat(day): worked for day, worked in table.get("overrides", {}).items()}
    festivals = {date.fromisoformat(day): name for day, name in table.get("festivals", {}).items()}
    return WorkCalendar(overrides, frozenset(table.get("years", ())), festivals)
