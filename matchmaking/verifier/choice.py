"""The published choice rule of a bank with reserved seats, written a second time, seat by seat.

The higher promotion level is served whole first. Within a level, reserve after reserve in the order of precedence, each
reserved seat goes to the bank's best member that has none yet; then the seats left, unfilled reserved ones included, go to
the best of the others.
"""

from collections.abc import Iterable, Mapping, Sequence


def chosen(
    askers: Iterable[int],
    *,
    order: Mapping[int, int],
    levels: Mapping[int, int],
    groups: Mapping[int, int],
    seats: int,
    reserved: Sequence[int],
) -> set[int]:
    """Whom the bank keeps; `order` is its rank of each, `groups` the reserves each belongs to as bits."""
    waiting = sorted(askers, key=lambda firm: (-levels.get(firm, 0), order[firm]))
    left, kept = list(reserved), set[int]()
    for level in sorted({levels.get(firm, 0) for firm in waiting}, reverse=True):
        here = [firm for firm in waiting if levels.get(firm, 0) == level]
        for group, _ in enumerate(left):
            members = [firm for firm in here if groups.get(firm, 0) >> group & 1 and firm not in kept]
            taken = members[: max(0, min(left[group], seats - len(kept)))]
            left[group] -= len(taken)
            kept |= set(taken)
        others = [firm for firm in here if firm not in kept]
        kept |= set(others[: max(0, seats - len(kept))])
    return kept


def still_reserved(
    held: Iterable[int], *, order: Mapping[int, int], groups: Mapping[int, int], reserved: Sequence[int]
) -> list[int]:
    """What a round's meetings leave of a bank's reserved seats: each counts once, the best first, by precedence."""
    left, counted = list(reserved), set[int]()
    for group, _ in enumerate(left):
        members = [firm for firm in sorted(held, key=order.__getitem__) if groups.get(firm, 0) >> group & 1]
        taken = [firm for firm in members if firm not in counted][: left[group]]
        left[group] -= len(taken)
        counted |= set(taken)
    return left
