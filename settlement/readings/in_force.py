"""The policies in force: the files with the checked decisions laid over them, each later one over the earlier."""

import json
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from threading import Lock

from sqlmodel import Session, col, select

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.policies import PolicyBook, Setting, Source, from_written, overlaid
from settlement.readings.models import DecidedValue, PolicyDecision
from settlement.readings.workflow import IN_FORCE

KEPT_BOOKS = 16

Standing = tuple[str, tuple[int, ...]]


class BooksInForce:
    """Makes the book in force of any moment from one short query; decisions never change, so a book is made once."""

    def __init__(self) -> None:
        self._made: OrderedDict[Standing, PolicyBook] = OrderedDict()
        self._lock = Lock()

    def __call__(self, db: Session, files: PolicyBook) -> PolicyBook:
        standing = standing_ids(db)
        if not standing:
            return files
        key = (files.digest, standing)
        with self._lock:
            made = self._made.get(key)
        return made or self._keep(key, book_under(db, files, standing))

    def _keep(self, key: Standing, book: PolicyBook) -> PolicyBook:
        with self._lock:
            self._made[key] = book
            while len(self._made) > KEPT_BOOKS:
                self._made.popitem(last=False)
        return book


def standing_ids(db: Session) -> tuple[int, ...]:
    """The decisions in force that set something, in the order in which they were checked."""
    query = select(PolicyDecision.id).where(PolicyDecision.state == IN_FORCE, PolicyDecision.kind != "revocation")
    order = (col(PolicyDecision.checked_at), col(PolicyDecision.id))
    return tuple(number for number in db.exec(query.order_by(*order)) if number is not None)


def book_under(db: Session, files: PolicyBook, decision_ids: Sequence[int]) -> PolicyBook:
    """The files with some decisions laid over them, in the order given."""
    rows = db.exec(select(PolicyDecision).where(col(PolicyDecision.id).in_(decision_ids)))
    decisions = {row.id: row for row in rows}
    values = values_of(db, decision_ids)
    settings = [
        (setting_of(files, value), source_of(decisions[number]))
        for number in decision_ids
        for value in values.get(number, ())
    ]
    return overlaid(files, settings)


def values_of(db: Session, decision_ids: Iterable[int]) -> dict[int, list[DecidedValue]]:
    """What each decision sets, in its order."""
    query = select(DecidedValue).where(col(DecidedValue.decision_id).in_(list(decision_ids)))
    found: dict[int, list[DecidedValue]] = {}
    for row in db.exec(query.order_by(col(DecidedValue.decision_id), col(DecidedValue.place))):
        found.setdefault(row.decision_id, []).append(row)
    return found


def setting_of(files: PolicyBook, value: DecidedValue) -> Setting:
    """A kept value as the policy book takes it."""
    parameter = files.scheme(value.scheme).parameter(value.parameter)
    content = json.loads(value.content)
    data = None if content is None else from_written(parameter, content)
    return Setting(value.scheme, value.parameter, data, value.since, value.until)


def source_of(decision: PolicyDecision) -> Source:
    """What every value of a decision says of its origin: the document, who recorded it, who checked it, when."""
    day = business_day(decision.checked_at or decision.recorded_at)
    note = Text(
        f"{decision.recorded_by_name} 录入，{decision.checked_by_name} 核对，{day}",
        f"Recorded by {decision.recorded_by_name}, checked by {decision.checked_by_name}, {day}",
    )
    reference = f"{decision.document_number}《{decision.document_title}》{decision.document_date}"
    return Source(reference, "decision", note, decision.number)
