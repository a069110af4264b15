"""The matching's dated choices out of the policy book."""

from datetime import date

from kernel.money import half_up
from kernel.policies import PolicyBook, Scheme
from matchmaking.matching.policy import BASIS, RATE_UNITS, MatchingPolicy, Reserve, Weights

SCHEME = "matching"
TIERS = ("first_tier", "second_tier", "third_tier")


def matching_policy(book: PolicyBook, day: date) -> MatchingPolicy:
    """Weights, tiers and digest that hold on the day; raises `PolicySilent` if one of them is missing."""
    scheme = book.scheme(SCHEME)
    points = scheme.value("points", day).numbers
    weights = Weights(
        rate_top=half_up(scheme.value("rate_top", day).rate * 100 * RATE_UNITS),
        rate=points["rate"],
        speed_days=scheme.value("speed_days", day).integer,
        speed=points["speed"],
        amount_bands=tuple(sorted(scheme.value("amount_bands", day).numbers.values())),
        amount_fit=points["amount_fit"],
        term_bands=tuple(sorted(scheme.value("term_bands", day).numbers.values())),
        term_fit=points["term_fit"],
        guarantee=scheme.value("guarantee_points", day).numbers,
        tag=points["tag"],
    )
    reserves = _reserves(scheme, day) if scheme.value("priority_rule", day).text == "reserves" else ()
    tiers = () if reserves else tuple(frozenset(scheme.value(name, day).codes) for name in TIERS)
    top, small = scheme.value("ranked_products", day).integer, scheme.value("small_bank_desks", day).integer
    return MatchingPolicy(weights, tiers, top, scheme.digest, reserves, small)


def _reserves(scheme: Scheme, day: date) -> tuple[Reserve, ...]:
    """The reserves in their order of precedence."""
    return tuple(
        Reserve(
            name,
            frozenset(scheme.value(f"{name}_members", day).codes),
            half_up(scheme.value(f"{name}_share", day).rate * BASIS),
        )
        for name in scheme.value("reserve_order", day).codes
    )
