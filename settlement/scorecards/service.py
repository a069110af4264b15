"""The indicators of a quarter for whoever may see them: the finance side all institutions, an institution its own."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.parties.models import GUARANTOR_KINDS, Institution, Party
from kernel.parties.service import StatusSpan, institutions, spans_by_party
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.calendar import reported_quarters
from settlement.engine.balances import Tape
from settlement.engine.definition import Definition, definition_in_force
from settlement.engine.machines import DuckDB, Machine
from settlement.engine.portfolio import PortfolioCache, portfolios
from settlement.returns.filing import Premises
from settlement.returns.models import LoanReturn
from settlement.returns.service import FILING_ROLES, READERS, SEES_ALL, certified_returns
from settlement.two_increases import Assessed, IncreasesRule, PortfolioPair, assess_increases, increases_rule_in_force
from settlement.two_increases.figures import added

__all__ = ["READERS", "Scorecard", "assessable_quarters", "scorecards"]

Filed = Mapping[tuple[int, Quarter], LoanReturn]
LOCAL = "local_legal_person"


@dataclass(frozen=True)
class Scorecard:
    """One institution's indicators of one quarter; `taken_over` are those that it absorbed since the base."""

    party: Party
    taken_over: tuple[Party, ...]
    assessed: Assessed


def assessable_quarters(book: PolicyBook, until: Quarter) -> list[Quarter]:
    """The reported quarters on whose last day the policy says what to compare, up to one, the newest first."""
    basis = book.scheme("two-increases").parameter("basis")
    found = (quarter for quarter in reported_quarters(book) if quarter <= until and basis.on(quarter.last_day))
    return sorted(found, reverse=True)


def inclusive_definition(book: PolicyBook, rule: IncreasesRule) -> Definition:
    """Inclusive loans as the growth reward defines them, under this policy's own limit, which includes the number itself."""
    definition = definition_in_force(book, rule.quarter.last_day)
    return replace(definition, credit_line_limit=rule.credit_line_limit, credit_line_limit_inclusive=True)


def scorecards(db: Session, caller: Caller, quarter: Quarter, *, premises: Premises) -> list[Scorecard]:
    """The indicators of a quarter by institution code; raises `PolicySilent` for a quarter without a policy.

    An institution that was absorbed since the base files no more; its base counts with its successor's. Quarter ends that an
    institution has no certified return of are missing, and what needs them has no answer.
    """
    rule = increases_rule_in_force(premises.book, quarter)
    banks = {party.id or 0: (party, one) for party, one in institutions(db) if one.kind not in GUARANTOR_KINDS}
    filed = {
        (one.institution_id, Quarter.parse(one.quarter)): one
        for one in certified_returns(db, rule.quarters)
        if one.institution_id in banks
    }
    families = _families(banks, filed, quarter, _successors(db, banks, quarter))
    seen = {number: family for number, family in families.items() if _may_see(caller, number)}
    db.expunge_all()  # what was read stays as it was read, instead of being asked for again row by row
    db.rollback()  # the reads are over: no transaction stays open while returns are read
    needed = {member for family in seen.values() for member in family}
    figures = _figures(filed, needed, rule, premises)
    return [_scorecard(banks, figures, number, family, rule) for number, family in seen.items()]


def _may_see(caller: Caller, institution_id: int) -> bool:
    if caller.role in SEES_ALL:
        return True
    own = caller.role in FILING_ROLES and caller.organisation_kind == "institution"
    return own and caller.organisation_id == institution_id


def _successors(db: Session, banks: Mapping[int, tuple[Party, Institution]], quarter: Quarter) -> dict[int, int]:
    """Into whom an institution had ended by the quarter's last day; a merger that lies after it is nothing to the quarter."""
    spans = spans_by_party(db, banks, LOCAL)
    ended = (number for number in banks if _has_ended(spans.get(number, []), quarter.last_day))
    heirs = ((number, banks[number][1].successor_id) for number in ended)
    return {number: heir for number, heir in heirs if heir is not None and heir in banks}


def _has_ended(spans: Collection[StatusSpan], day: date) -> bool:
    """Whether an institution that was local is so no more; one that never was ends by its successor alone."""
    return not spans or (any(one.since <= day for one in spans) and not any(one.holds_on(day) for one in spans))


def _families(
    banks: Mapping[int, tuple[Party, Institution]], filed: Filed, quarter: Quarter, successors: Mapping[int, int]
) -> dict[int, tuple[int, ...]]:
    """Each institution that still files, by code, with those that ended in it and file no more."""
    families: dict[int, list[int]] = {}
    for number in banks:
        heir = _heir(successors, filed, number, quarter)
        families.setdefault(heir, []).append(number)
    here = [number for number in families if any(key[0] in families[number] for key in filed)]
    return {number: tuple(families[number]) for number in sorted(here, key=lambda one: banks[one][0].code)}


def _heir(successors: Mapping[int, int], filed: Filed, number: int, quarter: Quarter) -> int:
    """The institution itself while it files; else the last of its successors."""
    seen = {number}
    while (number, quarter) not in filed:
        successor = successors.get(number)
        if successor is None or successor in seen:
            break
        number = successor
        seen.add(number)
    return number


def _figures(
    filed: Filed, needed: Iterable[int], rule: IncreasesRule, premises: Premises
) -> dict[tuple[int, Quarter], PortfolioPair]:
    """The portfolios of the returns that are needed, each read once for as long as its rows stand."""
    wanted, definition = set(needed), inclusive_definition(premises.book, rule)
    machine: Machine = DuckDB(threads=1)
    cache = PortfolioCache(_folder(premises))
    found: dict[tuple[int, Quarter], PortfolioPair] = {}
    for quarter in rule.quarters:
        digests = {
            key: one.row_digest
            for key, one in filed.items()
            if key[1] == quarter and key[0] in wanted and one.row_digest
        }
        tapes = [Tape(premises.keeping.tape(digest), digest) for digest in digests.values()]
        pairs = portfolios(tapes, definition, quarter, machine, cache)
        found |= {key: pairs[digest] for key, digest in digests.items()}
    return found


def _folder(premises: Premises) -> Path:
    return premises.keeping.folder / "portfolios"


def _scorecard(
    banks: Mapping[int, tuple[Party, Institution]],
    figures: Mapping[tuple[int, Quarter], PortfolioPair],
    number: int,
    family: tuple[int, ...],
    rule: IncreasesRule,
) -> Scorecard:
    by_quarter = {}
    for quarter in rule.quarters:
        pairs = [figures[member, quarter] for member in family if (member, quarter) in figures]
        if pairs:
            by_quarter[quarter] = added(pairs)
    others = tuple(banks[member][0] for member in family if member != number)
    return Scorecard(banks[number][0], others, assess_increases(by_quarter, rule))
