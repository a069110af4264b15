"""In which line of a policy file a key stands, so that a problem can be found in an editor."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from kernel.policies.refusals import PolicyProblem

_HEADER = re.compile(r"\s*(\[\[?)\s*([A-Za-z0-9_.\- ]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+)\s*=")


def with_lines(problems: Iterable[PolicyProblem], directory: Path, files: Iterable[Path]) -> list[PolicyProblem]:
    """The problems with the lines of their keys; a key that is missing is placed at the table that lacks it."""
    paths = {path.relative_to(directory).as_posix(): path for path in files}
    known: dict[str, dict[str, int]] = {}
    found = []
    for problem in problems:
        path = paths.get(problem.file)
        if path is not None and problem.file not in known:
            known[problem.file] = lines_of(path.read_text(encoding="utf-8-sig", errors="replace"))
        found.append(replace(problem, line=_nearest(problem.key, known.get(problem.file, {}))))
    return found


def lines_of(text: str) -> dict[str, int]:
    """The first line of each table and key, by its path as problems name it: `parameters.rate.values[0].since`."""
    found: dict[str, int] = {}
    counted: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        header, key = _HEADER.match(line), _KEY.match(line)
        if header is not None:
            table = _path(header[2], counted, begins=header[1] == "[[")
            found.setdefault(table, number)
        elif key is not None:
            found.setdefault(f"{table}.{key[1]}".lstrip("."), number)
    return found


def _path(name: str, counted: dict[str, int], *, begins: bool) -> str:
    """A header's path with the place of each list that it runs through."""
    path, parts = "", [part.strip() for part in name.split(".")]
    for index, part in enumerate(parts):
        path = f"{path}.{part}".lstrip(".")
        if begins and index == len(parts) - 1:
            counted[path] = counted.get(path, -1) + 1
        if path in counted:
            path = f"{path}[{counted[path]}]"
    return path


def _nearest(key: str, lines: dict[str, int]) -> int:
    """The line of the key, or else of the table around it; else the first, 0 for a file without any."""
    while key:
        if key in lines:
            return lines[key]
        shorter = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", key)
        key = shorter if shorter != key else ""
    return 1 if lines else 0
