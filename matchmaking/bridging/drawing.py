"""How much one case may have, from which pools it comes, and how what comes back is shared among them. Pure; fen throughout."""

from collections.abc import Mapping, Sequence
from fractions import Fraction

from kernel.errors import Conflict
from kernel.money import grouped
from matchmaking.bridging.terms import BridgingTerms


def most_for(terms: BridgingTerms, borrower_kind: str, commitment: int) -> int:
    """The cap of a case: 95 % of the bank's written commitment (cut to the fen), and the limit of the borrower's kind."""
    return min(int(commitment * Fraction(terms.commitment_share)), terms.case_limits[borrower_kind])


def drawn(amount: int, available: Sequence[tuple[int, int]]) -> dict[int, int]:
    """What each pool gives, by its id: `available` are (pool, fen) in the order in which they are drawn on.

    Raises Conflict when all of them together hold less.
    """
    parts: dict[int, int] = {}
    left = amount
    for pool_id, held in available:
        part = min(left, max(0, held))
        if part:
            parts[pool_id] = part
        left -= part
    if left:
        raise pools_short(amount, amount - left)
    return parts


def pools_short(amount: int, held: int) -> Conflict:
    """The refusal when the pools hold less than is asked for."""
    return Conflict(
        "pools_short",
        f"资金池可用 {grouped(held)} 元，不够 {grouped(amount)} 元；等有资金归还，或先增加出资",
        f"The pools hold {grouped(held)} yuan, less than {grouped(amount)}; wait for a return, or contribute more first",
    )


def in_proportion(amount: int, owed: Mapping[int, int]) -> dict[int, int]:
    """Share what came back among the pools in proportion to what each is owed, to the fen; no more than that while no more came.

    The fen left over go to the largest fractions, equal ones in the order of the pools.
    """
    if not amount:
        return dict.fromkeys(owed, 0)
    whole = sum(owed.values())
    exact = {pool: Fraction(amount * part, whole) for pool, part in owed.items()}
    shares = {pool: int(share) for pool, share in exact.items()}
    fullest = sorted(owed, key=lambda pool: (int(exact[pool]) - exact[pool], pool))
    for pool in fullest[: amount - sum(shares.values())]:
        shares[pool] += 1
    return shares
