"""A kind of event: whom it may concern, what is stated, which papers prove it, and the rules of its clauses."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias

from kernel.bilingual import Text
from settlement.event_awards.case import AwardCase, DueSum
from settlement.event_awards.facts import AwardFact, EvidenceKind

Rule: TypeAlias = Callable[[AwardCase], DueSum | None]

INDUSTRY, FINANCE = "industry_officer", "operator"  # which bureau's hand accepts: 工信专员, 财政局经办


@dataclass(frozen=True)
class AwardKind:
    """`rules` gives one rule a scheme, the first being the kind's own; more than one where an award has parts (rows 27 and 28).

    `applicants`: kinds of parties that may claim.
    """

    rules: Mapping[str, Rule]
    day: Text
    facts: tuple[AwardFact, ...]
    evidence: tuple[EvidenceKind, ...]
    applicants: tuple[str, ...] = ("enterprise",)
    responsible: str = FINANCE
    day_hint: Text | None = None

    @property
    def id(self) -> str:
        """The scheme under which the kind is known."""
        return next(iter(self.rules))

    def fact(self, name: str) -> AwardFact:
        return next(one for one in self.facts if one.name == name)


def rules(**by_scheme: Rule) -> Mapping[str, Rule]:
    """Rules by scheme; underscores stand for the hyphens of scheme ids."""
    return MappingProxyType({name.replace("_", "-"): rule for name, rule in by_scheme.items()})


def paper(code: str, zh: str, en: str, *, required: bool = True) -> EvidenceKind:
    return EvidenceKind(code, Text(zh, en), required)
