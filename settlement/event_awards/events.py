"""An event, whom it concerns, and what was awarded before."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from settlement.event_awards.facts import FactValue, identity

T = TypeVar("T")

INDUSTRIAL_SECTIONS = frozenset("BCD")  # 工业, GB/T 4754
TRADE_SECTIONS = frozenset("FH")  # 商贸; H is a default of domain §11


@dataclass(frozen=True)
class AwardBeneficiary:
    """Who would be paid. `region` is the fiscal region on the qualifying day, `section` the GB/T 4754 letter.

    `dishonest_since`: the days on which the party was listed for serious dishonesty 失信.
    """

    code: str
    name: str
    kind: str
    region: str
    section: str = ""
    size_class: str = ""
    dishonest_since: tuple[date, ...] = ()

    @property
    def is_industrial(self) -> bool:
        return self.section in INDUSTRIAL_SECTIONS


@dataclass(frozen=True)
class AwardEvent:
    """Something that happened on its qualifying `day`, as claimed. `document` is the number of the paper that says so."""

    kind: str
    beneficiary: AwardBeneficiary
    day: date
    facts: Mapping[str, FactValue] = field(default_factory=dict)
    document: str = ""

    def fen(self, name: str) -> int:
        """A stated amount in fen."""
        return self._as(name, int)

    def count(self, name: str) -> int:
        return self._as(name, int)

    def flag(self, name: str) -> bool:
        return self._as(name, bool)

    def day_of(self, name: str) -> date:
        return self._as(name, date)

    def code(self, name: str) -> str:
        """A chosen code, or a text as it was written."""
        return self._as(name, str)

    def identity_of(self, name: str) -> str:
        """A written number or name as it is compared."""
        return identity(self.code(name))

    def _as(self, name: str, kind: type[T]) -> T:
        value = self.facts[name]
        if type(value) is not kind:
            raise TypeError(f"{name} is {type(value).__name__}, not {kind.__name__}")
        return value


@dataclass(frozen=True)
class GrantedAward:
    """An award that stands: earlier lines of the same beneficiary, amount in fen. `period` is what it covers, if it covers one."""

    scheme: str
    once_key: str
    day: date
    amount: int
    document: str = ""
    period: tuple[date, date] | None = None
