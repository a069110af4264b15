"""A folder of returns: `<institution_code>_<quarter>_loans.<ext>`, one file per institution, quarter and kind."""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.reading import EXTENSIONS

_NAME = re.compile(r"([0-9A-Z]+)_(\d{4}Q[1-4])_(loans|guarantees|guarantee_events)", re.ASCII)
EVENTS = "guarantee_events"
_NAMED = Text(
    "文件名不是“机构代码_季度_loans”的样子，没有读它；例如 91410402MA0000015P_2022Q1_loans.csv",
    "Not read: the name is not like “code_quarter_loans”, such as 91410402MA0000015P_2022Q1_loans.csv",
)
_STRANGE = Text(
    "机构清单里没有这个机构：请核对文件名里的代码，或把机构补进清单",
    "The institutions file does not list this institution: check the code in the name, or add the institution",
)

_ALONE = Text(
    "有事项没有担保明细：同一季度的 guarantees 文件也要放进来",
    "Events without their guarantees: put the guarantees file of the same quarter beside it",
)


@dataclass(frozen=True, order=True)
class FiledReturn:
    """One filed return, what its name says it is, and the file of events beside it if it has one."""

    code: str
    quarter: Quarter
    kind: str
    path: Path
    events: Path | None = field(default=None, compare=False)


def _fault(path: Path, rule: str, wrong: Text, *, is_error: bool) -> Fault:
    return Fault(path.name, 0, "", path.stem, rule, "error" if is_error else "warning", wrong)


def _looked_at(folder: Path) -> list[Path]:
    """Files that a person put there; hidden ones and lock files of spreadsheets are not."""
    return sorted(path for path in folder.iterdir() if path.is_file() and path.name[0] not in ".~")


def _returns(paths: Iterable[Path]) -> tuple[list[FiledReturn], list[Fault]]:
    found, faults = [], []
    for path in paths:
        match = _NAME.fullmatch(path.stem)
        if match is None or path.suffix.lower() not in EXTENSIONS:
            faults.append(_fault(path, "file_name", _NAMED, is_error=False))
        else:
            found.append(FiledReturn(match[1], Quarter.parse(match[2]), match[3], path))
    return found, faults


def _twice(returns: list[FiledReturn]) -> list[Fault]:
    first: dict[tuple[str, Quarter, str], FiledReturn] = {}
    faults = []
    for one in returns:
        kept = first.setdefault((one.code, one.quarter, one.kind), one)
        if kept is not one:
            wrong = Text(
                f"与 {kept.path.name} 是同一张报表，只留一个", f"The same return as {kept.path.name}: keep one"
            )
            faults.append(_fault(one.path, "return_twice", wrong, is_error=True))
    return faults


def read_folder(
    folder: Path, kind: str, quarters: Collection[Quarter], institutions: Collection[str]
) -> tuple[list[FiledReturn], list[Fault]]:
    """The returns of a kind that a settlement may need, and warnings about files passed over.

    Raises `FileRefused` for two files of one return, and for a return of an institution that nobody listed: its balance
    would silently be left out of a merger.
    """
    found, passed_over = _returns(_looked_at(folder))
    wanted = [one for one in found if one.kind == kind and one.quarter in quarters]
    strangers = [one for one in wanted if one.code not in institutions]
    wrong = _twice(wanted) + [_fault(one.path, "unknown_institution", _STRANGE, is_error=True) for one in strangers]
    if wrong:
        raise FileRefused([*wrong, *passed_over])
    return wanted, passed_over


def read_guarantees_folder(
    folder: Path, quarters: Collection[Quarter], institutions: Collection[str]
) -> tuple[list[FiledReturn], list[Fault]]:
    """The guarantee returns of a folder with their events; raises `FileRefused` also for events that have no return."""
    wanted, passed_over = read_folder(folder, "guarantees", quarters, institutions)
    events = {(one.code, one.quarter): one for one in read_folder(folder, EVENTS, quarters, institutions)[0]}
    alone = [one for key, one in sorted(events.items()) if key not in {(main.code, main.quarter) for main in wanted}]
    if alone:
        raise FileRefused([_fault(one.path, "events_alone", _ALONE, is_error=True) for one in alone])
    beside = {key: one.path for key, one in events.items()}
    return [replace(one, events=beside.get((one.code, one.quarter))) for one in wanted], passed_over
