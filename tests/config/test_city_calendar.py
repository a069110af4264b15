"""The working-day table is taken as it is written, or refused: a misspelt table must not mean “no days off”."""

from datetime import date
from pathlib import Path

import pytest

from config.city_calendar import WorkdaysInvalid, load_calendar


def written(directory: Path, text: str) -> Path:
    (directory / "workdays.toml").write_text(text, encoding="utf-8")
    return directory


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("[overides]\n2022-08-15 = false", "overides"),
        ('[overrides]\n2022-08-15 = "no"', "overrides.2022-08-15"),
        ("[overrides]\n2022-08-15 = 0", "overrides.2022-08-15"),
        ("[overrides]\n15-08-2022 = false", "overrides.15-08-2022"),
        ("[overrides]\n2022-02-30 = false", "overrides.2022-02-30"),
        ("[overrides]\n2203-08-15 = false", "overrides.2203-08-15"),
        ("overrides = [2022-08-15]", "overrides"),
        ("years = 2027", "years"),
        ('years = ["2027"]', "years"),
        ('[festivals]\n2027-02-06 = "new_year"', "festivals.2027-02-06"),
        ('[overrides]\n2027-02-06 = true\n[festivals]\n2027-02-06 = "spring_festival"', "festivals.2027-02-06"),
        ("years = [2027", "-"),
    ],
)
def test_what_the_table_cannot_mean_is_refused_with_its_key(text: str, key: str, tmp_path: Path) -> None:
    with pytest.raises(WorkdaysInvalid) as refusal:
        load_calendar(written(tmp_path, text))
    assert [one for one, _, _ in refusal.value.problems] == [key]
    assert f"workdays.toml：{key}：" in refusal.value.text.zh
    assert f"workdays.toml: {key}: " in refusal.value.text.en


def test_overrides_win_over_the_published_calendar(tmp_path: Path) -> None:
    calendar = load_calendar(written(tmp_path, "[overrides]\n2022-08-15 = false\n2022-08-20 = true"))
    assert not calendar.is_working_day(date(2022, 8, 15))
    assert calendar.is_working_day(date(2022, 8, 20))
