"""The schemes with statements: one drafter each, all known to the drafting by the `Drafter` protocol alone."""

from collections.abc import Mapping

from kernel.errors import NotFound
from settlement.fee_subsidy import SCHEME as FEES
from settlement.growth_reward import SCHEME as GROWTH
from settlement.statements.drafter import Drafter
from settlement.statements.schemes.event_awards import DRAFTERS as AWARD_DRAFTERS
from settlement.statements.schemes.fee_subsidy import DRAFTER as FEE_DRAFTER
from settlement.statements.schemes.growth_reward import DRAFTER as GROWTH_DRAFTER

_ALL: tuple[Drafter, ...] = (GROWTH_DRAFTER, FEE_DRAFTER, *AWARD_DRAFTERS)

DRAFTERS: Mapping[str, Drafter] = {drafter.scheme: drafter for drafter in _ALL}

__all__ = ["DRAFTERS", "FEES", "GROWTH", "drafter_of"]


def drafter_of(scheme: str) -> Drafter:
    """The drafter of a scheme; NotFound for one that has no statements."""
    found = DRAFTERS.get(scheme)
    if found is None:
        raise NotFound("scheme_not_found", f"没有 {scheme[:40]} 这项政策", f"There is no scheme {scheme[:40]}")
    return found
