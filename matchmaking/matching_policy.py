"""The matching's dated choices out of the policy book."""

from datetime import date

from kernel.money import half_up
from kernel.policies import PolicyBook, Scheme
from matchmaking.matching.policy import BASIS, RATE_UNITS, MatchingPolicy, Reserve, Weights

SCHEME = "matching"
TIERS = ("first_tier", "second_tier", "third_tier")


def matching_policy(book: PolicyBook, day: date) -> MatchingPolicy:
    """Weights, tiers or reserves, and digest that hold on the day; raises `PolicySilent` if one of them is missing."""
    return policy_under(book, day, book.scheme(SCHEME).value("priority_rule", day).text)


def both_rules(book: PolicyBook, day: date) -> dict[str, MatchingPolicy]:
    """The day's policy under either rule, for a back-test; before the reserves begin, with their first values."""
    begins = min(one.since for one in book.scheme(SCHEME).parameter("priority_rule").values if one.text == "reserves")
    return {rule: policy_under(book, day, rule, max(day, begins)) for rule in ("tiers", "reserves")}


def policy_under(book: PolicyBook, day: date, rule: str, reserves_on: date | None = None) -> MatchingPolicy:
    """The day's policy under a rule, whichever is in force; `reserves_on` is the day whose reserves are taken."""
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
    reserves = _reserves(scheme, reserves_on or day) if rule == "reserves" else ()
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
