"""What pages and API show of open words and decisions: the reading in force with its document, and what a decision changes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.policies import ORIGIN_TITLES, OpenWord, OpenWords, Parameter, PolicyBook, Scheme, Setting, Value, overlaid
from settlement.readings.documents import WORD
from settlement.readings.in_force import book_under, setting_of, source_of, standing_ids
from settlement.readings.models import PolicyDecision
from settlement.readings.service import DecisionRow
from settlement.readings.workflow import STATES

NO_VALUE = Text("没有值", "no value")
ORIGIN_KINDS = {"notice": "dai", "rule": "ok", "default": "wait", "decision": "dai", "what_if": "out"}


@dataclass(frozen=True)
class FoundValue:
    """A dated value in words, with the document it rests on."""

    name: str
    title: Text
    shown: Text
    since: date
    until: date | None
    reference: str
    origin: str
    note: Text | None
    decision: str | None

    @property
    def origin_title(self) -> Text:
        return ORIGIN_TITLES[self.origin]

    @property
    def origin_kind(self) -> str:
        return ORIGIN_KINDS[self.origin]


def found(parameter: Parameter, value: Value) -> FoundValue:
    """A value of the book in words."""
    return FoundValue(
        name=parameter.name,
        title=parameter.title,
        shown=parameter.shown(value.value),
        since=value.since,
        until=value.until,
        reference=value.reference,
        origin=value.origin,
        note=value.note,
        decision=value.decision,
    )


@dataclass(frozen=True)
class ReadWord:
    """A word on a day: which of its readings holds, and by which values."""

    word: OpenWord
    in_force: str | None
    values: tuple[FoundValue, ...]

    @property
    def decided(self) -> FoundValue | None:
        """The value that a recorded decision set, if one did."""
        return next((one for one in self.values if one.origin == "decision"), None)


def read_word(word: OpenWord, book: PolicyBook, on: date) -> ReadWord:
    """The word as the book has it on a day."""
    holds = word.in_force(book, on)
    pairs = [(book.scheme(scheme).parameter(name), name) for scheme, name in sorted(word.touches)]
    values = [(parameter, parameter.on(on)) for parameter, _ in pairs]
    return ReadWord(
        word=word,
        in_force=holds.id if holds else None,
        values=tuple(found(parameter, value) for parameter, value in values if value is not None),
    )


def read_words(words: OpenWords, book: PolicyBook, on: date) -> list[ReadWord]:
    """The whole register on a day."""
    return [read_word(word, book, on) for word in words.words]


@dataclass(frozen=True)
class SettingChange:
    """One parameter that a decision sets: what holds on those days without it, and what with it."""

    scheme: Scheme
    parameter: Parameter
    setting: Setting
    shown: Text
    instead_of: tuple[FoundValue, ...]


@dataclass(frozen=True)
class DecisionView:
    """A decision with what it changes in the book it is laid over, and which clauses become payable by it."""

    decision: PolicyDecision
    state: Text
    title: Text
    changes: tuple[SettingChange, ...]
    payable: tuple[tuple[int, Text, bool, Text], ...]
    revokes: PolicyDecision | None = None


def title_of(row: DecisionRow, words: OpenWords, book: PolicyBook) -> Text:
    """What a decision is about, in a few words."""
    decision = row.decision
    if decision.kind == WORD:
        return _title_of_word(decision, words)
    if not row.values:
        return Text(f"撤销 D-{decision.revokes_id or 0:04d}", f"Revokes D-{decision.revokes_id or 0:04d}")
    scheme = book.scheme(row.values[0].scheme)
    parameter = scheme.parameter(row.values[0].parameter)
    return Text(f"{scheme.title.zh}：{parameter.title.zh}", f"{scheme.title.en}: {parameter.title.en}")


def _title_of_word(decision: PolicyDecision, words: OpenWords) -> Text:
    try:
        word = words.word(decision.word)
        chosen = word.alternative(decision.alternative)
    except DomainError:  # the register has moved on; what was decided stands by itself
        return Text(f"{decision.word}：{decision.alternative}", f"{decision.word}: {decision.alternative}")
    return Text(f"{word.title.zh}：{chosen.title.zh}", f"{word.title.en}: {chosen.title.en}")


def decision_view(db: Session, row: DecisionRow, *, files: PolicyBook, words: OpenWords, on: date) -> DecisionView:
    """A decision laid over everything in force but itself."""
    decision = row.decision
    others = [number for number in standing_ids(db) if number != decision.id]
    without = book_under(db, files, others)
    settings = [setting_of(files, value) for value in row.values]
    with_it = overlaid(without, ((setting, source_of(decision)) for setting in settings))
    return DecisionView(
        decision=decision,
        state=STATES[decision.state],
        title=title_of(row, words, files),
        changes=tuple(changes_of(without, settings)),
        payable=tuple(_payable(with_it, settings, on)),
    )


def changes_of(book: PolicyBook, settings: Sequence[Setting]) -> list[SettingChange]:
    """What some settings change in a book."""
    return [_change(book, setting) for setting in settings]


def _change(book: PolicyBook, setting: Setting) -> SettingChange:
    scheme = book.scheme(setting.scheme)
    parameter = scheme.parameter(setting.parameter)
    shown = NO_VALUE if setting.data is None else parameter.shown(setting.data)
    before = tuple(found(parameter, value) for value in parameter.values if _overlaps(value, setting))
    return SettingChange(scheme, parameter, setting, shown, before)


def _overlaps(value: Value, setting: Setting) -> bool:
    begins = setting.until is None or value.since <= setting.until
    return begins and (value.until is None or setting.since <= value.until)


def _payable(book: PolicyBook, settings: Sequence[Setting], on: date) -> list[tuple[int, Text, bool, Text]]:
    """The clauses of the schemes that are set: whether each is payable then, and why or why not.

    A clause whose time is over is looked at on its last day.
    """
    schemes = {setting.scheme for setting in settings}
    rows = []
    for clause in book.clauses:
        if clause.scheme in schemes and clause.kind in ("A", "P"):
            day = min(on, clause.valid_until) if clause.valid_until else on
            rows.append((clause.number, clause.title, *clause.payable_on(max(day, clause.valid_from))))
    return rows
