"""One named stream of random numbers for each part of the city, so that a change in one part leaves the others as they were."""

from collections.abc import Mapping
from random import Random


def stream(seed: int, *names: str) -> Random:
    """The same seed and names give the same numbers on every machine: text seeds are digested, never `hash()`ed."""
    return Random("/".join((str(seed), *names)))  # noqa: S311 - a demonstration, not a secret


def weighted(rng: Random, weights: Mapping[str, int]) -> str:
    """One of the keys, each as often as its whole-number weight says."""
    left = rng.randrange(sum(weights.values()))
    for key, weight in weights.items():
        left -= weight
        if left < 0:
            return key
    raise AssertionError("weights are positive")


def percent(rng: Random, chance: int) -> bool:
    """True `chance` times in a hundred."""
    return rng.randrange(100) < chance
