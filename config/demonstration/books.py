"""The loan books of all banks together, quarter by quarter, each steered to what its return is planned to show."""

from collections.abc import Iterable, Sequence

from config.demonstration.book import Book
from config.demonstration.borrowers import Borrowers, enterprise_lines
from config.demonstration.loans import Client, Loan
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import QUARTERS, Lender, branch_balance, certified, returned
from config.demonstration.planted import Planted
from config.demonstration.streams import stream
from kernel.periods import Quarter


class Books:
    """One book a bank, and the clients placed by hand beside them."""

    def __init__(
        self, seed: int, scale: int, banks: Sequence[Lender], firms: Iterable[CityEnterprise], planted: Planted
    ) -> None:
        self._seed = seed
        self._scale = scale
        self._planted = planted
        lines = enterprise_lines(seed, firms, banks, planted.names)
        self._books = {
            bank.slug: Book(
                bank,
                stream(seed, "book", bank.slug),
                Borrowers(bank, number, stream(seed, "borrowers", bank.slug), lines[bank.slug]),
                planted.loan_ids,
            )
            for number, bank in enumerate(banks)
        }

    def loans_at(self, bank: Lender, quarter: Quarter) -> list[Loan]:
        """All loans of the bank on the quarter's last day. To be asked quarter by quarter, every bank once."""
        by_hand = self._planted.clients(bank.slug, quarter)
        self._carry(bank, quarter, eligible(self._seed, bank, quarter) * self._scale - _eligible_of(by_hand))
        return [*self._books[bank.slug].loans, *(loan for client in by_hand for loan in client.loans)]

    def _carry(self, bank: Lender, quarter: Quarter, target: int) -> None:
        """Open the book at the first quarter end, else carry it on, with the book of a bank that has just been absorbed."""
        if quarter == QUARTERS[0]:
            self._books[bank.slug].open(quarter, target)
        else:
            self._books[bank.slug].carry(quarter, target, self._joining(bank, quarter))

    def _joining(self, bank: Lender, quarter: Quarter) -> list[Book]:
        absorbed = (book for book in self._books.values() if book.bank.successor == bank.code)
        return [book for book in absorbed if book.bank.files(quarter.previous) and not book.bank.files(quarter)]


def eligible(seed: int, bank: Lender, quarter: Quarter) -> int:
    """The eligible balance that the bank's return shows, in fen: as planned, or within 0.3 % of the certified figure."""
    if bank.is_branch:
        return branch_balance(bank.slug, quarter)
    planned = returned(bank.slug, quarter)
    if planned is not None:
        return planned
    figure = certified(bank.slug, quarter)
    return figure + figure * stream(seed, "difference", bank.slug, str(quarter)).randint(-3000, 3000) // 1_000_000


def _eligible_of(clients: Iterable[Client]) -> int:
    return sum(loan.balance for client in clients for loan in client.loans if loan.is_eligible)
