"""Event awards 奖补: rows 4 to 42 of the notice's money clauses that an event triggers (domain §5). Pure.

An event with what was awarded before gives a decision: eligible or not with coded reasons, fen, clause, dated parameters, split.
"""

from settlement.event_awards.deciding import AwardDecision, DecidedLine, decide, suspension
from settlement.event_awards.events import AwardBeneficiary, AwardEvent, GrantedAward
from settlement.event_awards.facts import AwardFact, EvidenceKind, FactValue, identity
from settlement.event_awards.kind import AwardKind
from settlement.event_awards.kinds import EVENT_KINDS, EVENT_SCHEMES, kind_of
from settlement.event_awards.reasons import REASONS, AwardReason
from settlement.event_awards.terms import ReadParameter

__all__ = [
    "EVENT_KINDS",
    "EVENT_SCHEMES",
    "REASONS",
    "AwardBeneficiary",
    "AwardDecision",
    "AwardEvent",
    "AwardFact",
    "AwardKind",
    "AwardReason",
    "DecidedLine",
    "EvidenceKind",
    "FactValue",
    "GrantedAward",
    "ReadParameter",
    "decide",
    "identity",
    "kind_of",
    "suspension",
]
