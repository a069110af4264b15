"""The working days of the city: the State Council's calendar with the override table `city/workdays.toml`."""

import tomllib
from datetime import date
from pathlib import Path

from kernel.errors import DomainError
from kernel.workdays import FESTIVALS, WorkCalendar

FILE = "workdays.toml"
KEYS = ("years", "overrides", "festivals")
YEARS = range(1949, 2100)


class WorkdaysInvalid(DomainError):
    """The override table cannot be taken as written; every problem is listed."""

    def __init__(self, problems: list[tuple[str, str, str]]) -> None:
        zh = "\n".join(f"{FILE}：{key}：{said}" for key, said, _ in problems)
        en = "\n".join(f"{FILE}: {key}: {said}" for key, _, said in problems)
        super().__init__(
            "workdays_invalid",
            f"工作日覆盖表有 {len(problems)} 处要改：\n{zh}",
            f"{len(problems)} things to change in the working-day table:\n{en}",
        )
        self.problems = problems


def load_calendar(city_dir: Path) -> WorkCalendar:
    """The calendar with the city's own days off and make-up days; raises `WorkdaysInvalid` for anything it cannot mean."""
    try:
        table = tomllib.loads((city_dir / FILE).read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise WorkdaysInvalid([("-", f"不是有效的 TOML：{error}", f"is not valid TOML: {error}")]) from None
    problems = [
        (key, f"不认识的键；可用的键：{', '.join(KEYS)}", f"unknown key; the keys are: {', '.join(KEYS)}")
        for key in table.keys() - set(KEYS)
    ]
    years = _years(table.get("years", []), problems)
    overrides = _days(table, "overrides", problems)
    festivals = _days(table, "festivals", problems)
    for day, worked in overrides.items():
        if not isinstance(worked, bool):
            problems.append(
                (f"overrides.{day}", "应当是 true（上班）或 false（休息）", "must be true (worked) or false (off)")
            )
    for day, name in festivals.items():
        if name not in FESTIVALS:
            known = ", ".join(FESTIVALS)
            problems.append((f"festivals.{day}", f"只能写：{known}", f"must be one of: {known}"))
        if overrides.get(day) is True:
            problems.append((f"festivals.{day}", "上面写着这天上班", "is a day that is worked, as the overrides say"))
    if problems:
        raise WorkdaysInvalid(sorted(problems))
    return WorkCalendar(
        {day: worked is True for day, worked in overrides.items()},
        frozenset(years),
        {day: str(name) for day, name in festivals.items()},
    )


def _years(content: object, problems: list[tuple[str, str, str]]) -> list[int]:
    years = content if isinstance(content, list) else [content]
    found = [year for year in years if type(year) is int and year in YEARS]
    if not isinstance(content, list) or len(found) < len(years):
        problems.append(("years", "应当是年份的清单，例如 [2027]", "must be a list of years, such as [2027]"))
    return found


def _days(table: dict[str, object], name: str, problems: list[tuple[str, str, str]]) -> dict[date, object]:
    """The table's entries by day."""
    content, found = table.get(name, {}), {}
    if not isinstance(content, dict):
        problems.append((name, f"应当是一张表 [{name}]", f"must be a table [{name}]"))
        return {}
    for key, entry in content.items():
        try:
            day = date.fromisoformat(key)
        except ValueError:
            day = None
        if day is None or day.year not in YEARS or key != day.isoformat():
            problems.append((f"{name}.{key}", "应当是日期，写成 2022-08-15", "must be a day, such as 2022-08-15"))
        else:
            found[day] = entry
    return found
