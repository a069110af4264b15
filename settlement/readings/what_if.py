"""A what-if: parameters changed on a copy of the policy book, run over chosen quarters beside the book in force (features 46).

Nothing here writes to the books. A change is written `growth-reward.rate:2022-04-01..2023-06-30=2%`; an empty value means that there is
no value on those days.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from kernel.errors import FieldErrors, Refused
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Setting, Source, from_text, overlaid
from settlement.readings.differences import RunDifference
from settlement.readings.outcomes import OutcomeStore
from settlement.readings.runs import Plan, ToldProgress, nobody_told, plan, run_plans, settled_quarters
from settlement.returns.filing import Premises
from settlement.statements.schemes import DRAFTERS

WHAT_IF = Source("试算 / what-if", "what_if")
MOST_CHANGES = 12
LONGEST_VALUE = 400

_CHANGE = re.compile(
    r"(?P<scheme>[a-z0-9-]{1,60})\.(?P<parameter>[a-z0-9_]{1,60})"
    r":(?P<since>\d{4}-\d\d-\d\d)(\.\.(?P<until>\d{4}-\d\d-\d\d)?)?=(?P<value>.*)",
    re.ASCII | re.DOTALL,
)


class NotAChange(Refused):
    """The text is not a change of a parameter."""

    def __init__(self, text: str) -> None:
        super().__init__(
            "not_a_change",
            f"“{text[:80]}”不是一处改动，写成 政策.参数:起始日..截止日=值，例如 growth-reward.rate:2022-04-01..2023-06-30=2%",
            f"“{text[:80]}” is not a change: write SCHEME.PARAMETER:SINCE..UNTIL=VALUE, such as "
            "growth-reward.rate:2022-04-01..2023-06-30=2%",
        )


@dataclass(frozen=True)
class ParameterChange:
    """One change as it was written and as the policy book takes it."""

    text: str
    setting: Setting


@dataclass(frozen=True)
class WhatIf:
    """Some changes, over some quarters."""

    changes: tuple[ParameterChange, ...]
    quarters: tuple[Quarter, ...]

    def applied(self, book: PolicyBook) -> PolicyBook:
        """A copy of the book with all changes."""
        return overlaid(book, ((one.setting, WHAT_IF) for one in self.changes))


@dataclass(frozen=True)
class WhatIfResult:
    """The difference over the chosen quarters, and that over the earlier quarters, which would have to be restated."""

    what_if: WhatIf
    chosen: RunDifference
    earlier: RunDifference

    @property
    def earlier_quarters(self) -> tuple[Quarter, ...]:
        return self.earlier.changed_quarters()


def read_change(book: PolicyBook, text: str) -> ParameterChange:
    """A change from its text; raises what is wrong with it: the form, the parameter's name, or its value."""
    match = _CHANGE.fullmatch(text.strip())
    if match is None or len(match["value"]) > LONGEST_VALUE:
        raise NotAChange(text)
    parameter = book.scheme(match["scheme"]).parameter(match["parameter"])
    since, until = _day(match["since"], text), _day(match["until"], text) if match["until"] else None
    _in_order(since, until)
    written = match["value"].strip()
    data = from_text(parameter, written) if written else None
    return ParameterChange(text.strip(), Setting(match["scheme"], match["parameter"], data, since, until))


def _day(written: str, text: str) -> date:
    try:
        return date.fromisoformat(written)
    except ValueError:
        raise NotAChange(text) from None


def _in_order(since: date, until: date | None) -> None:
    errors = FieldErrors()
    if until is not None and until < since:
        errors.add("until", "before_since", "截止日早于起始日", "The last day is before the first")
    errors.raise_if_any()


def write_change(setting: Setting, value: str) -> str:
    """The text of a change."""
    until = "" if setting.until is None else setting.until.isoformat()
    return f"{setting.scheme}.{setting.parameter}:{setting.since}..{until}={value}"


def read_what_if(book: PolicyBook, changes: Sequence[str], quarters: Sequence[Quarter], *, today: date) -> WhatIf:
    """A what-if from its texts; without quarters, over every quarter that is over."""
    if len(changes) > MOST_CHANGES:
        raise Refused(
            "too_many_changes",
            f"一次最多改 {MOST_CHANGES} 处，请分开试算",
            f"At most {MOST_CHANGES} changes at a time; run them apart",
        )
    over = settled_quarters(book, today)
    chosen = tuple(sorted({one for one in quarters if one in over})) or over
    return WhatIf(tuple(read_change(book, text) for text in changes), chosen)


def touched_schemes(what_if: WhatIf) -> tuple[str, ...]:
    """The schemes whose statements a what-if can change: those changed, or all where a change is about something shared."""
    changed = {one.setting.scheme for one in what_if.changes}
    own = tuple(scheme for scheme in DRAFTERS if scheme in changed)
    return own if changed and changed <= set(DRAFTERS) else tuple(DRAFTERS)


def run_what_if(
    db: Session,
    what_if: WhatIf,
    *,
    premises: Premises,
    store: OutcomeStore,
    today: date,
    is_time_up: Callable[[], bool] = lambda: False,
    told: ToldProgress = nobody_told,
) -> WhatIfResult:
    """Run a what-if beside the book in force (`premises.book`); raises `NotFinished` when the time is up."""
    present, schemes = premises.book, touched_schemes(what_if)
    first = min(what_if.quarters)
    before = tuple(one for one in settled_quarters(present, today) if one < first)

    def planned(book: PolicyBook, quarters: Sequence[Quarter]) -> Plan:
        return plan(db, book, quarters, premises=premises, present=present, schemes=schemes)

    changed = what_if.applied(present)
    plans = [planned(book, quarters) for quarters in (what_if.quarters, before) for book in (present, changed)]
    was, would, was_before, would_before = run_plans(plans, store, is_time_up=is_time_up, told=told)
    return WhatIfResult(what_if, RunDifference(was, would), RunDifference(was_before, would_before))
