"""What a context hands over of each kind of long work: its words, its stages, how it is done, where its result is seen."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.works.models import Work
from kernel.works.telling import Told


class WorkStage(NamedTuple):
    """A part of a work; `weight` is its usual share of the time. `counted` says what `done` of `whole` are, where that is worth saying."""

    name: str
    text: Text
    weight: int
    counted: Text | None = None
    per: int = 1

    def said(self, done: int, whole: int) -> Text:
        """The words of the stage, with how many of how many, both in units of `per`."""
        if self.counted is None or not whole:
            return self.text
        numbers = {"done": _in_units(done, self.per), "whole": _in_units(whole, self.per)}
        return Text(f"{self.text.zh}　{self.counted.zh}", f"{self.text.en}: {self.counted.en}").format(**numbers)


def _in_units(number: int, per: int) -> str:
    return f"{number / per:,.1f}" if per > 1 else f"{number:,}"


class Ending(Protocol):
    """How a work ends; each is said inside the very transaction that has the effect."""

    def finish(self, db: Session, result: str) -> None:
        """Done, with this result; raises `Stopped` where it was cancelled meanwhile, which rolls the effect back."""

    def fail(self, db: Session, error: DomainError) -> None:
        """Ended without its effect; raises `Stopped` likewise."""


@dataclass(frozen=True)
class AtWork:
    """What the function of a kind is given. `files` came with the order and go when it ends; `kept` stays with the result."""

    db: Session
    caller: Caller
    content: Mapping[str, Any]
    language: str
    files: Path
    kept: Path
    asked_at: datetime
    told: Told
    ending: Ending


@dataclass(frozen=True)
class WorkKind:
    """A kind of long work. `run` opens its own transactions and ends the work in the last.

    `page` and `api` give a result's address, `origin` the page where one asks for it. `cancelled` says what a cancellation leaves
    behind, `summary` in a sentence what came of a work that is done. `readers` are the roles that may look at such works; a token also
    needs `reads` for the file that came of one, `writes` to cancel one, either to see how far it is. None: no token may.
    """

    name: str
    title: Text
    stages: Sequence[WorkStage]
    run: Callable[[AtWork], None]
    page: Callable[[Work], str]
    api: Callable[[Work], str]
    origin: Callable[[Work], str]
    result: Text
    cancelled: Text
    readers: frozenset[str]
    reads: str | None
    writes: str | None
    summary: Callable[[Work], Text] | None = None

    def stage_said(self, work: Work) -> Text | None:
        """What is done of a work now; None before the first stage."""
        found = next((stage for stage in self.stages if stage.name == work.stage), None)
        return found.said(work.done, work.whole) if found else None


def percent_of(stages: Sequence[WorkStage], name: str, done: int, whole: int) -> int:
    """Whole percent of a work that is in a stage, `done` of `whole` in it; at most 99 before its end, 0 for an unknown stage."""
    before = 0
    for stage in stages:
        if stage.name == name:
            share = min(done, whole) / whole if whole else 0.0
            return min(99, int(100 * (before + stage.weight * share) / sum(one.weight for one in stages)))
        before += stage.weight
    return 0
