"""Run copies of the policy book over quarters with the statements' own drafters. Reads the books, writes to none of their tables.

A run has a budget of time: what it gets done is kept in the store, `NotFinished` tells how far it came, and asking again goes on from
there. So a page shows progress without a thread, and a killed worker loses nothing.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlmodel import Session

from kernel.audit.chain import canonical
from kernel.errors import DomainError
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement import fiscal_shares
from settlement.readings.moved_balances import with_moved_balances
from settlement.readings.outcomes import OutcomeStore, Run, RunOutcome, Silence
from settlement.returns.filing import Premises
from settlement.statements.drafter import ComputedStatement, Drafter, Due, QuarterInputs
from settlement.statements.schemes import DRAFTERS
from settlement.unfinished import IsTimeUp, NotFinished, never_up

ToldProgress = Callable[[int, int], None]  # how many of how many outcomes are known


def nobody_told(_done: int, _whole: int) -> None:
    """For runs whose progress nobody watches."""


@dataclass(frozen=True)
class Piece:
    """One outcome still to be known or already known, under the key it is kept by."""

    key: str
    scheme: str
    quarter: Quarter
    inputs: QuarterInputs
    due: Due

    def compute(self) -> ComputedStatement:
        return self.inputs.compute(self.due)


@dataclass(frozen=True)
class Plan:
    """The pieces of a run, and the quarters in which a scheme has no answer."""

    pieces: tuple[Piece, ...]
    silent: tuple[Silence, ...]

    def piece_of(self, code: str) -> Piece | None:
        """The first piece of a beneficiary."""
        return next((piece for piece in self.pieces if piece.due.beneficiary.code == code), None)


def settled_quarters(book: PolicyBook, today: date, schemes: Iterable[str] = DRAFTERS) -> tuple[Quarter, ...]:
    """The quarters of the schemes that are over, rising."""
    return tuple(sorted({quarter for scheme in schemes for quarter in DRAFTERS[scheme].quarters(book, today)}))


def plan(
    db: Session,
    book: PolicyBook,
    quarters: Sequence[Quarter],
    *,
    premises: Premises,
    present: PolicyBook,
    schemes: Sequence[str],
) -> Plan:
    """What has to be computed under a book; `present` is the book in force, by whose definition balances were certified."""
    pieces: list[Piece] = []
    silent: list[Silence] = []
    for scheme in schemes:
        for quarter in quarters:
            try:
                inputs = _inputs(db, DRAFTERS[scheme], quarter, book, present, premises)
            except DomainError as error:
                silent.append(Silence(scheme, quarter, error.text))
            else:
                pieces += (Piece(_key(scheme, due, book, present), scheme, quarter, inputs, due) for due in inputs.dues)
    return Plan(tuple(pieces), tuple(silent))


def _inputs(
    db: Session, drafter: Drafter, quarter: Quarter, book: PolicyBook, present: PolicyBook, premises: Premises
) -> QuarterInputs:
    inputs = drafter.read(db, quarter, replace(premises, book=book))
    return inputs if book is present else with_moved_balances(inputs, present, quarter)


def _key(scheme: str, due: Due, book: PolicyBook, present: PolicyBook) -> str:
    """Everything an outcome depends on; the scheme of the book in force too, because certified balances rest on it."""
    said = [scheme, due.inputs_digest, due.beneficiary.name, *_digests(scheme, book), *_digests(scheme, present)]
    return hashlib.sha256(canonical({"outcome": said}).encode()).hexdigest()


def _digests(scheme: str, book: PolicyBook) -> tuple[str, str]:
    return book.scheme(scheme).digest, book.scheme(fiscal_shares.SCHEME).digest


def outcome_of(piece: Piece) -> RunOutcome:
    """Compute one piece."""
    computed, party = piece.compute(), piece.due.beneficiary
    return RunOutcome(
        scheme=piece.scheme,
        quarter=piece.quarter,
        code=party.code,
        name=party.name,
        region=party.region,
        amount=computed.amount,
        holds=computed.holds,
        shares=tuple((share.payer, share.amount) for share in computed.shares),
    )


def run_plans(
    plans: Sequence[Plan],
    store: OutcomeStore,
    *,
    is_time_up: IsTimeUp = never_up,
    told: ToldProgress = nobody_told,
) -> list[Run]:
    """The runs of some plans; raises `NotFinished` when the time is up before all is known."""
    pieces = {piece.key: piece for each in plans for piece in each.pieces}
    known = {key: kept for key in pieces if (kept := store.get(key)) is not None}
    for key, piece in pieces.items():
        if key in known:
            continue
        if is_time_up():
            raise NotFinished(len(known), len(pieces))
        known[key] = outcome_of(piece)
        store.put(key, known[key])
        told(len(known), len(pieces))
    return [Run(tuple(known[piece.key] for piece in each.pieces), each.silent) for each in plans]
