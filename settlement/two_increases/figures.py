"""What a loan return comes to on a quarter's last day: balance, bad loans, borrowers, and the loans begun this year."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

_MILLIONTHS = 1_000_000


@dataclass(frozen=True)
class Portfolio:
    """Some loans of one quarter end; money in fen.

    `non_performing` is the balance classed substandard or worse 不良, `borrowers` how many have a balance. `new_balance` is the
    balance of the loans that began in the year of the quarter end, `new_rated` the sum of that balance times the annual rate in
    millionths.
    """

    balance: int = 0
    non_performing: int = 0
    borrowers: int = 0
    new_balance: int = 0
    new_rated: int = 0

    def __add__(self, other: "Portfolio") -> "Portfolio":
        return Portfolio(
            self.balance + other.balance,
            self.non_performing + other.non_performing,
            self.borrowers + other.borrowers,
            self.new_balance + other.new_balance,
            self.new_rated + other.new_rated,
        )

    @property
    def bad_ratio(self) -> Fraction | None:
        """不良率: bad loans over all loans; None without a loan."""
        return Fraction(self.non_performing, self.balance) if self.balance else None

    @property
    def new_rate(self) -> Fraction | None:
        """The mean annual rate of the loans begun this year, weighted by balance; None without one."""
        return Fraction(self.new_rated, self.new_balance * _MILLIONTHS) if self.new_balance else None


@dataclass(frozen=True)
class PortfolioPair:
    """An institution's inclusive loans beside all its loans, on one day."""

    inclusive: Portfolio
    every: Portfolio

    def __add__(self, other: "PortfolioPair") -> "PortfolioPair":
        return PortfolioPair(self.inclusive + other.inclusive, self.every + other.every)


def added(pairs: Iterable[PortfolioPair]) -> PortfolioPair:
    """Several institutions as one; a client of two counts at each."""
    return sum(pairs, PortfolioPair(Portfolio(), Portfolio()))
