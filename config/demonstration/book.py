"""The loan book of one bank: opened at the first quarter end, then carried from quarter to quarter towards its planned balance."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from random import Random
from typing import Final

from config.demonstration.borrowers import Borrowers
from config.demonstration.loans import (
    GRADES,
    SMALLEST,
    Client,
    Loan,
    drift,
    ends,
    fitted,
    months_later,
    quarters_left,
    repay_instalment,
    round_sum,
    swing,
    working_day,
    working_days,
)
from config.demonstration.plan import SMALL, Lender, Segment, segments
from config.demonstration.streams import percent, weighted
from kernel.periods import Quarter

LEAST: Final = 2  # loans of every segment, so that every reason of exclusion occurs everywhere


class Book:
    """All loans of a bank. `target` is the eligible balance that the return is to show, in fen."""

    def __init__(self, bank: Lender, rng: Random, borrowers: Borrowers, taken_ids: Iterable[str]) -> None:
        self.bank = bank
        self.loans: list[Loan] = []
        self.clients: list[Client] = []
        self._rng = rng
        self._borrowers = borrowers
        self._taken_ids = frozenset(taken_ids)
        self._serials: Counter[str] = Counter()
        self._eligible, *self._others = segments()
        self._quarter = Quarter(1, 1)

    def open(self, quarter: Quarter, target: int) -> None:
        """The first book: loans already part way through their terms."""
        self._quarter = quarter
        for client in self._borrowers.enterprises():
            self._lend(self._segment_for(client), client, client.line, seasoned=True)
        self._steer(target, seasoned=True)
        self._fill(seasoned=True)

    def carry(self, quarter: Quarter, target: int, joining: "Iterable[Book]" = ()) -> None:
        """One quarter on: an absorbed bank's loans, repayments, renewals and grades, then lending up to the target."""
        self._quarter = quarter
        for other in joining:
            self._absorb(other)
        self._run_off()
        self._steer(target)
        self._fill()

    def _run_off(self) -> None:
        self.loans = [kept for loan in self.loans if (kept := self._after_a_quarter(loan)) is not None]
        for client in self.clients:
            client.loans.clear()
        for loan in self.loans:
            loan.client.loans.append(loan)
        self.clients = [client for client in self.clients if client.loans]

    def _after_a_quarter(self, loan: Loan) -> Loan | None:
        """The loan, its renewal, or None where it is repaid or written off."""
        drift(self._rng, loan)
        if ends(self._rng, loan, self._quarter.last_day):
            sound = loan.segment == "eligible" and loan.classification == "normal" and not loan.instalment
            return self._renewal(loan) if sound and percent(self._rng, 40) else None
        if loan.segment == "card_overdraft":
            swing(self._rng, loan)
        else:
            repay_instalment(loan)
        return loan

    def _renewal(self, old: Loan) -> Loan | None:
        """无还本续贷: signed before the old loan matures, the same sum, the old loan settled the same day."""
        earliest = old.maturity - timedelta(days=9)
        days = [day for day in working_days(self._quarter) if earliest <= day < old.maturity]
        if not days:
            return None
        start = self._rng.choice(days)
        return replace(
            old,
            loan_id=self._loan_id(start),
            start=start,
            maturity=months_later(start, 12),
            instalment=0,
            first_loan=False,
            renews=old.loan_id,
        )

    def _absorb(self, other: "Book") -> None:
        """All loans of a merged bank; a client of both has the two lines added."""
        mine = {client.code: client for client in self.clients}
        for client in other.clients:
            kept = mine.get(client.code)
            if kept is None:
                self.clients.append(client)
            else:
                kept.line += client.line
                kept.loans += client.loans
            for loan in client.loans:
                loan.client = kept or client
        self.loans += other.loans

    def _steer(self, target: int, *, seasoned: bool = False) -> None:
        """Lend, or be repaid early, until the eligible balance is the target to the fen."""
        gap = target - sum(loan.balance for loan in self.loans if loan.is_eligible)
        while gap > 0:
            gap -= self._lend_towards(gap, seasoned=seasoned)
        if gap < 0:
            self._repay_early(-gap)

    def _lend_towards(self, gap: int, *, seasoned: bool) -> int:
        kind = weighted(self._rng, self.bank.mix)
        client, limit = self._client_for(self._eligible, kind)
        return self._lend(self._eligible, client, limit, seasoned=seasoned, at_most=gap).balance

    def _repay_early(self, left: int) -> None:
        candidates = [loan for loan in self.loans if loan.is_eligible]
        self._rng.shuffle(candidates)
        while left > 0:
            loan = candidates.pop()
            repaid = min(left, loan.balance)
            loan.balance -= repaid
            left -= repaid
        self._drop_repaid()

    def _drop_repaid(self) -> None:
        for loan in self.loans:
            if loan.balance == 0:
                loan.client.loans.remove(loan)
        self.loans = [loan for loan in self.loans if loan.balance]
        self.clients = [client for client in self.clients if client.loans]

    def _fill(self, *, seasoned: bool = False) -> None:
        """Bring every other segment to its share of the number of eligible loans."""
        standing = Counter(loan.segment for loan in self.loans)
        for segment in self._others:
            wanted = max(LEAST, standing["eligible"] * segment.per_thousand // 1000)
            for _ in range(wanted - standing[segment.name]):
                client, limit = self._client_for(segment, weighted(self._rng, segment.kinds))
                self._lend(segment, client, limit, seasoned=seasoned)

    def _client_for(self, segment: Segment, kind: str) -> tuple[Client, int]:
        """A client with room in its line, and the room: one the bank knows, or a new one."""
        if self.clients and percent(self._rng, segment.known):
            known = self._rng.choice(self.clients)
            room = self._room(segment, known)
            if room >= SMALLEST:
                return known, room
        line = self._rng.choice(segment.lines[kind])
        return self._borrowers.outsider(kind, line), line

    def _room(self, segment: Segment, client: Client) -> int:
        """What a known client may still draw: within its line, one loan a quarter, never a jump that a reader would question."""
        first, last = client.loans[0], client.loans[-1]
        fits = client.line in segment.lines.get(client.kind, ()) and first.segment != "card_overdraft"
        if not fits or last.start >= self._quarter.first_day:
            return 0
        exposure = client.exposure
        return min(client.line - exposure, 4 * exposure)

    def _lend(
        self, segment: Segment, client: Client, limit: int, *, seasoned: bool = False, at_most: int | None = None
    ) -> Loan:
        term = self._rng.choice(segment.terms)
        start = self._past_day(term) if seasoned else self._rng.choice(working_days(self._quarter))
        loan = self._draw(segment, client, start, months_later(start, term))
        loan.balance = round_sum(self._rng, limit)
        if term >= 12 and percent(self._rng, segment.instalments):
            left = quarters_left(self._quarter, loan.maturity)
            loan.balance = loan.balance * left // max(left, term // 3)
            loan.instalment = loan.balance // left
        if at_most is not None:
            loan.balance = fitted(loan.balance, at_most)
        if seasoned:
            loan.classification = weighted(self._rng, GRADES)
        loan.first_loan = not (seasoned or client.loans) and segment is self._eligible and percent(self._rng, 15)
        self._enter(loan)
        return loan

    def _draw(self, segment: Segment, client: Client, start: date, maturity: date) -> Loan:
        return Loan(
            loan_id=self._loan_id(start),
            client=client,
            segment=segment.name,
            start=start,
            maturity=maturity,
            balance=0,
            rate=self._rng.randint(*segment.rates),
            guarantee=weighted(self._rng, segment.guarantees),
            purpose=segment.purpose,
            product_kind=segment.product_kind,
            currency=segment.currency,
        )

    def _enter(self, loan: Loan) -> None:
        if not loan.client.loans:
            self.clients.append(loan.client)
        loan.client.loans.append(loan)
        self.loans.append(loan)

    def _segment_for(self, client: Client) -> Segment:
        return self._eligible if client.kind in SMALL else next(s for s in self._others if s.name == "borrower_kind")

    def _past_day(self, term: int) -> date:
        """A working day on which a loan of that term that still stands may have started."""
        return working_day(self._quarter.last_day - timedelta(days=self._rng.randrange(29 * term)))

    def _loan_id(self, start: date) -> str:
        month = f"{self.bank.prefix}{start:%y%m}"
        while True:
            self._serials[month] += 1
            loan_id = f"{month}{self._serials[month]:04d}"
            if loan_id not in self._taken_ids:
                return loan_id
