"""May an event be awarded, under which clause, how much, shared how, and why: one pure decision with every reason told.

The qualifying day decides the parameters; the day of deciding only tells whether a suspension 失信 still runs. Whole fen.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from kernel.bilingual import Text
from kernel.money import MAX_FEN, grouped, half_up
from kernel.policies import Clause, PolicyBook, PolicySilent, PolicyUndecided
from settlement.event_awards.case import AwardCase, DueSum
from settlement.event_awards.events import AwardEvent, GrantedAward
from settlement.event_awards.facts import identity
from settlement.event_awards.kind import Rule
from settlement.event_awards.kinds import kind_of
from settlement.event_awards.months import plus_months
from settlement.event_awards.reasons import AwardReason, reason
from settlement.event_awards.terms import BETWEEN, AwardTerms, ReadParameter, not_implemented

DEFAULT_SPLIT = "closing_sentence"
LIFE = "life"
ONCE = ("once_for_life", "per_course_year", "per_event")


@dataclass(frozen=True)
class DecidedLine:
    """One clause's answer. `amount` in fen: 0 where nothing is due, None where nobody can tell yet.

    `once_key` is what of the scheme may be awarded once; `split` the way in which payers share it. `base` (fen) and `rate` (exact
    text) where it is a rate of something, `uncapped` the sum before a cap.
    """

    scheme: str
    clause: Clause
    amount: int | None
    reasons: tuple[AwardReason, ...]
    parameters: tuple[ReadParameter, ...]
    once_key: str = ""
    split: str = DEFAULT_SPLIT
    written: Text | None = None
    period: tuple[date, date] | None = None
    base: int | None = None
    rate: str = ""
    uncapped: int | None = None
    policy_digest: str = ""

    @property
    def is_due(self) -> bool:
        """Whether the clause awards something."""
        return bool(self.amount)


@dataclass(frozen=True)
class AwardDecision:
    """The answer on one event: its lines by clause, and what holds it up as a whole."""

    event: AwardEvent
    lines: tuple[DecidedLine, ...]
    waits: tuple[AwardReason, ...] = ()
    suspended_until: date | None = None

    @property
    def due_lines(self) -> tuple[DecidedLine, ...]:
        return tuple(line for line in self.lines if line.is_due)

    @property
    def is_eligible(self) -> bool:
        """Something is due; a suspension does not take that away."""
        return bool(self.due_lines)

    @property
    def may_be_accepted(self) -> bool:
        """Something is due, and nothing suspends it today."""
        return self.is_eligible and not self.waits

    @property
    def amount(self) -> int | None:
        """What is due in fen; None where a document is missing and nothing else is due."""
        if not self.due_lines and any(line.amount is None for line in self.lines):
            return None
        return sum(line.amount or 0 for line in self.due_lines)

    @property
    def reasons(self) -> tuple[AwardReason, ...]:
        """Every reason once, in the order of the clauses."""
        every = [one for line in self.lines for one in line.reasons]
        return tuple(dict.fromkeys([*every, *self.waits]))


def decide(event: AwardEvent, earlier: Iterable[GrantedAward], book: PolicyBook, *, on: date) -> AwardDecision:
    """The decision on an event, seen from the day `on`. `earlier`: the awards of the same beneficiary that stand."""
    granted = tuple(earlier)
    lines = tuple(_line(scheme, rule, event, granted, book, on) for scheme, rule in kind_of(event.kind).rules.items())
    until, waits = suspension(event.beneficiary.dishonest_since, book, on)
    return AwardDecision(event, lines, waits, until)


def _line(
    scheme_id: str, rule: Rule, event: AwardEvent, earlier: tuple[GrantedAward, ...], book: PolicyBook, on: date
) -> DecidedLine:
    scheme = book.scheme(scheme_id)
    clause, case = scheme.clauses[0], AwardCase(event, earlier, AwardTerms(book, scheme_id, event.day))
    due, amount, once = None, 0, ""
    if _open_on(case, clause, on):
        due, amount, once = _held_against(case, rule)
    lacks = any(one.weight == "lacks" for one in case.reasons)
    split = (due.split if due else None) or _split(case)
    return DecidedLine(
        scheme=scheme_id,
        clause=clause,
        amount=None if lacks else 0 if case.is_refused else amount,
        reasons=tuple(case.reasons),
        once_key=once,
        split=split,
        parameters=tuple(sorted(case.terms.read.values(), key=lambda one: one.scheme != scheme_id)),
        written=due.written if due else None,
        period=due.period if due else None,
        base=due.base if due else None,
        rate=due.rate if due else "",
        uncapped=half_up(due.exact) if due else None,
        policy_digest=scheme.digest_on(event.day),
    )


def _open_on(case: AwardCase, clause: Clause, on: date) -> bool:
    """Whether the clause answers for the day at all: within its window, past, and no number missing."""
    day = case.event.day
    case.require(day >= clause.valid_from, "before_window", day=day, first=clause.valid_from)
    case.require(
        clause.valid_until is None or day <= clause.valid_until, "after_window", day=day, last=clause.valid_until
    )
    case.require(day <= on, "future_day", day=day)
    missing = [point.missing or point.title for point in clause.undecided_on(day)]
    if missing and not case.reasons:
        case.note(
            "not_set",
            number=clause.number,
            place_zh=clause.place.zh,
            place_en=clause.place.en,
            missing_zh="；".join(text.zh for text in missing),
            missing_en="; ".join(text.en for text in missing),
        )
    return not case.reasons


def _held_against(case: AwardCase, rule: Rule) -> tuple[DueSum | None, int, str]:
    """The rule's sum, then what stands between awards: once only, one event once, periods, caps."""
    try:
        case.terms.only("rounding", "half_up_fen", BETWEEN)
        due = rule(case)
        if due is None:
            return None, 0, ""
        once = _once(case, due)
        _not_twice(case, due, once)
        return due, _within_cap(case, due), once
    except (PolicySilent, PolicyUndecided) as silent:
        case.note("no_value", zh=silent.text.zh, en=silent.text.en)
        return None, 0, ""


def _once(case: AwardCase, due: DueSum) -> str:
    """What of the scheme may be awarded once, as the policy's `paid` says."""
    paid = case.terms.code("paid")
    if paid == "once_per_year":
        return f"{due.once}/{due.year or case.event.day.year}".lstrip("/")
    if paid not in ONCE:
        raise not_implemented("paid", paid, "once_per_year, " + ", ".join(ONCE))
    return due.once or LIFE


def _not_twice(case: AwardCase, due: DueSum, once: str) -> None:
    case.terms.only("same_event", "higher_once", BETWEEN)
    own = set(kind_of(case.event.kind).rules)
    for award in case.earlier:
        if award.scheme == case.terms.scheme and award.once_key == once:
            case.note("already_awarded", **_told(case, award))
        elif award.scheme == case.terms.scheme and _overlap(award, due, once):
            first, last = award.period or (award.day, award.day)
            case.note("period_overlaps", first=first, last=last)
        elif award.scheme not in own and _is_same_event(award, case.event):
            code = "same_event_higher" if _payable(due) > award.amount else "same_event"
            case.note(code, document=case.event.document, due=grouped(_payable(due)), **_told(case, award))


def _payable(due: DueSum) -> int:
    """What the clause would pay by itself, fen."""
    amount = half_up(due.exact)
    return amount if due.room is None else min(amount, due.room.left)


def _told(case: AwardCase, award: GrantedAward) -> dict[str, object]:
    number = case.terms.book.scheme(award.scheme).clauses[0].number
    return {"number": number, "day": award.day, "amount": grouped(award.amount)}


def _overlap(award: GrantedAward, due: DueSum, once: str) -> bool:
    """Whether two subsidies of one course or batch cover a common day."""
    if award.period is None or due.period is None or award.once_key.rpartition("/")[0] != once.rpartition("/")[0]:
        return False
    return award.period[0] <= due.period[1] and due.period[0] <= award.period[1]


def _is_same_event(award: GrantedAward, event: AwardEvent) -> bool:
    return bool(event.document) and award.day == event.day and identity(award.document) == identity(event.document)


def _within_cap(case: AwardCase, due: DueSum) -> int:
    """The exact sum rounded half up to the fen, once, and no more than a cap leaves."""
    amount, room = half_up(due.exact), due.room
    if not case.require(amount <= MAX_FEN, "out_of_range"):
        return 0
    if room is None or amount <= room.left:
        return amount
    shown = {"cap": grouped(room.cap), "year": room.year}
    if not room.left:
        case.note("cap_reached" if room.year is None else "annual_cap_reached", **shown)
    else:
        case.note("capped", exact=grouped(half_up(due.exact)), **shown)
    return room.left


def _split(case: AwardCase) -> str:
    """How the award is shared: the clause's own split, or the closing sentence."""
    known = case.terms.book.scheme(case.terms.scheme).values(case.event.day)
    return case.terms.code("split") if "split" in known else DEFAULT_SPLIT


def suspension(
    dishonest_since: Iterable[date], book: PolicyBook, on: date
) -> tuple[date | None, tuple[AwardReason, ...]]:
    """严重失信: the last listing suspends for some months [default] and extinguishes nothing; until when, and why."""
    listed = [since for since in dishonest_since if since <= on]
    if not listed:
        return None, ()
    since, months = max(listed), book.scheme(BETWEEN).value("dishonesty_suspension_months", on=on).integer
    until = plus_months(since, months)
    if on >= until:
        return None, ()
    return until, (reason("suspended", since=since, months=months, until=until),)
