"""Quarter-end balances of an institution, with those of the institutions it took over added (domain §1, §2)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kernel.periods import Quarter


@dataclass(frozen=True)
class LegalPerson:
    """An institution as the rules see it. The local status 地方法人 holds on [local_from, local_until); no `from`: never."""

    code: str
    name: str
    kind: str
    region: str
    local_from: date | None = None
    local_until: date | None = None
    successor_code: str | None = None

    def is_local(self, on: date) -> bool:
        started = self.local_from is not None and self.local_from <= on
        return started and (self.local_until is None or on < self.local_until)


@dataclass(frozen=True)
class ReturnedBalance:
    """Eligible balance by an institution's own return, fen, and the digest of the return's canonical rows."""

    balance: int
    return_digest: str = ""


@dataclass(frozen=True)
class CertifiedFigure:
    """Balance certified by the 人民银行 branch, fen, and the number of its document."""

    balance: int
    document: str = ""


Returned = Mapping[tuple[str, Quarter], ReturnedBalance]
Certified = Mapping[tuple[str, Quarter], CertifiedFigure]


@dataclass(frozen=True)
class Part:
    """What one legal person adds to a quarter end."""

    code: str
    returned: ReturnedBalance | None
    certified: CertifiedFigure | None

    @property
    def balance(self) -> int | None:
        """The certified figure is the base of payment; without one the return stands in for it."""
        figure = self.certified or self.returned
        return None if figure is None else figure.balance


def _total(balances: Iterable[int | None]) -> int | None:
    known = list(balances)
    return None if not known or None in known else sum(balance for balance in known if balance is not None)


@dataclass(frozen=True)
class QuarterEnd:
    """The balance on one quarter's last day, fen; every sum is None when one of its parts is missing."""

    quarter: Quarter
    parts: tuple[Part, ...]

    @property
    def absent(self) -> bool:
        """Nobody was there yet, which is not the same as a figure that is missing."""
        return not self.parts

    @property
    def balance(self) -> int | None:
        return _total(part.balance for part in self.parts)

    @property
    def returned(self) -> int | None:
        return _total(part.returned.balance if part.returned else None for part in self.parts)

    @property
    def certified(self) -> int | None:
        return _total(part.certified.balance if part.certified else None for part in self.parts)


def _predecessors(person: LegalPerson, persons: Mapping[str, LegalPerson]) -> list[LegalPerson]:
    """All institutions that ended up in this one, directly or through another, sorted by code."""
    found: dict[str, LegalPerson] = {}
    waiting = [person.code]
    while waiting:
        into = waiting.pop()
        for other in persons.values():
            if other.successor_code == into and other.code != person.code and other.code not in found:
                found[other.code] = other
                waiting.append(other.code)
    return [found[code] for code in sorted(found)]


def _part(person: LegalPerson, quarter: Quarter, returned: Returned, certified: Certified) -> Part | None:
    """The part of a person that was local that day, or that left a figure all the same."""
    part = Part(person.code, returned.get((person.code, quarter)), certified.get((person.code, quarter)))
    return part if person.is_local(quarter.last_day) or part.balance is not None else None


def family(person: LegalPerson, persons: Mapping[str, LegalPerson], on: date) -> tuple[LegalPerson, ...]:
    """The institution and those it had taken over by that day; a local person ends on its `local_until`."""
    ended = [
        other
        for other in _predecessors(person, persons)
        if other.local_from is not None and other.local_until is not None and other.local_until <= on
    ]
    return (person, *ended)


def quarter_ends(
    members: tuple[LegalPerson, ...], quarters: Iterable[Quarter], returned: Returned, certified: Certified
) -> tuple[QuarterEnd, ...]:
    """The series of a family, added quarter end by quarter end: a member taken over counts before its last day only."""

    def parts(quarter: Quarter) -> tuple[Part, ...]:
        there = [members[0]] + [one for one in members[1:] if one.local_until and quarter.last_day < one.local_until]
        each = (_part(one, quarter, returned, certified) for one in there)
        return tuple(part for part in each if part is not None)

    return tuple(QuarterEnd(quarter, parts(quarter)) for quarter in quarters)
