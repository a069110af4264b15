"""One quarter of the growth reward from files: read, control, add up, apply the rule, share out."""

import itertools
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.faults import Fault
from settlement.engine.balances import reconciliations
from settlement.engine.cache import MemoryCache
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import Machine
from settlement.engine.statement import statement
from settlement.engine.sums import Reconciliation
from settlement.filed.certified import CertifiedFigures, read_certified
from settlement.filed.folder import FiledReturn, read_folder
from settlement.filed.institutions import read_institutions
from settlement.filed.intake import FileTaken, Key, take_in
from settlement.filed.neighbours import neighbours
from settlement.fiscal_shares import Share, share_rule_in_force, split
from settlement.growth_reward import (
    Assessment,
    GrowthRule,
    LegalPerson,
    ReturnedBalance,
    assess_quarter,
    family,
    rule_in_force,
)


@dataclass(frozen=True)
class FiledInput:
    """The files of one settlement, as named on the command line."""

    returns: Path
    institutions: Path
    certified: Path | None = None


@dataclass(frozen=True)
class GrowthSettlement:
    """What came of a quarter, by institution code, and on which documents and rows."""

    quarter: Quarter
    definition: Definition
    statement_digest: str
    assessments: tuple[Assessment, ...]
    shares: Mapping[str, tuple[Share, ...]]
    reconciliations: Mapping[str, Reconciliation]
    taken_in: FileTaken
    faults: tuple[Fault, ...]
    seconds: Mapping[str, float]


Progress = Callable[[str, int, int], None]


def silent(_stage: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""
    return


def needed(persons: Mapping[str, LegalPerson], rule: GrowthRule) -> set[str]:
    """The institutions with a statement, and those they took over."""
    day = rule.quarter.last_day
    due = [person for person in persons.values() if rule.may_reward(person, day)]
    return {member.code for person in due for member in family(person, persons, day)}


def _wanted(
    folder: Path, persons: Mapping[str, LegalPerson], rule: GrowthRule
) -> tuple[list[FiledReturn], list[Fault]]:
    found, passed_over = read_folder(folder, "loans", set(rule.quarters), persons)
    codes = needed(persons, rule)
    return [one for one in found if one.code in codes], passed_over


def _take_in(returns: list[FiledReturn], scratch: Path, progress: Progress) -> FileTaken:
    counted = itertools.count(1)  # several institutions count at once
    progress("intake", 0, len(returns))
    return take_in(returns, scratch, lambda _: progress("intake", next(counted), len(returns)))


def _reconciled(
    taken: FileTaken, definition: Definition, machine: Machine, progress: Progress
) -> dict[Key, Reconciliation]:
    many, counted = len(taken.tapes), itertools.count(1)
    progress("settle", 0, many)
    by_digest = reconciliations(
        taken.tapes, definition, machine, MemoryCache(), lambda _: progress("settle", next(counted), many)
    )
    tapes = {key: tape for key in taken.intakes if (tape := taken.tape(key)) is not None}
    return {key: by_digest[tape.digest] for key, tape in tapes.items()}


def _returned(taken: FileTaken, reconciled: Mapping[Key, Reconciliation]) -> dict[Key, ReturnedBalance]:
    return {key: ReturnedBalance(one.eligible, taken.intakes[key].row_digest or "") for key, one in reconciled.items()}


def _read_certified(path: Path | None, persons: Mapping[str, LegalPerson]) -> tuple[CertifiedFigures, list[Fault]]:
    return read_certified(path.name, path.read_bytes(), persons) if path else ({}, [])


def settle_growth(
    files: FiledInput,
    quarter: Quarter,
    book: PolicyBook,
    machine: Machine,
    scratch: Path,
    progress: Progress = silent,
) -> GrowthSettlement:
    """The quarter's statements from filed returns. Warnings are taken as confirmed; certified figures are the balances.

    Raises `PolicySilent` for a quarter without a rate and `FileRefused` for input that cannot be taken as filed.
    """
    rule, definition = rule_in_force(book, quarter), definition_in_force(book, quarter.last_day)
    share_rule = share_rule_in_force(book, quarter.last_day)
    listed, doubts = read_institutions(files.institutions.name, files.institutions.read_bytes())
    persons = {person.code: person for person in listed}
    certified, remarks = _read_certified(files.certified, persons)
    returns, passed_over = _wanted(files.returns, persons, rule)
    began = time.perf_counter()
    taken = _take_in(returns, scratch, progress)
    read = time.perf_counter()
    reconciled = _reconciled(taken, definition, machine, progress)
    progress("neighbours", 0, 1)
    beside = neighbours(taken, quarter, definition.credit_line_limit)
    progress("neighbours", 1, 1)
    assessments = assess_quarter(listed, _returned(taken, reconciled), certified, rule)
    return GrowthSettlement(
        quarter=quarter,
        definition=definition,
        statement_digest=statement(definition).digest,
        assessments=tuple(assessments),
        shares={
            one.person.code: split(one.amount, one.person.region, share_rule, rule.split)
            for one in assessments
            if one.amount is not None
        },
        reconciliations={
            one.person.code: reconciled[one.person.code, quarter]
            for one in assessments
            if (one.person.code, quarter) in reconciled
        },
        taken_in=taken,
        faults=(*doubts, *remarks, *passed_over, *taken.faults, *beside),
        seconds={"intake": read - began, "settle": time.perf_counter() - read},
    )
