"""New meetings into a timetable that stands: a common free slot, else one Kempe path, the shortest there is.

`Seating` keeps a board in step with pairs of an enterprise and a bank, whichever desk of the bank they sit at.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from matchmaking.matching.columns import Ints
from matchmaking.timetable.board import EMPTY, Board


@dataclass(frozen=True)
class _Move:
    """Put a meeting at a desk into `slot`, after the path that swaps `slot` and `spare` there, if `spare` is given."""

    moved: int
    desk: int
    slot: int
    spare: int | None = None


def _bits(mask: int) -> Iterator[int]:
    while mask:
        bit = mask & -mask
        yield bit.bit_length() - 1
        mask ^= bit


def _path_length(board: Board, desk: int, full: int, empty: int) -> int:
    """How many meetings `board.flip(desk, full, empty)` would move."""
    slots, moved = board.slots, 0
    while True:
        enterprise = board.at_desk[desk * slots + full]
        if enterprise == EMPTY:
            return moved
        desk = board.at_enterprise[enterprise * slots + empty]
        moved += 1
        if desk == EMPTY:
            return moved
        moved += 1


def _fits(loads: Sequence[int], rooms: int | None, slot: int) -> bool:
    return rooms is None or loads[slot] < rooms


@dataclass(frozen=True)
class ClosedTimes:
    """Where nothing new is seated: desks that are taken away, and slots (as bits) that have begun."""

    desks: frozenset[int] = frozenset()
    slots: int = 0


def _moves(
    board: Board, enterprise: int, desks: Sequence[int], loads: Sequence[int], rooms: int | None, begun: int
) -> Iterator[_Move]:
    """Every way to seat the meeting, with the number of kept meetings that change their slot."""
    mine = board.free_enterprise[enterprise] & ~begun
    for desk in desks:
        theirs = board.free_desk[desk] & ~begun
        for slot in _bits(mine & theirs):
            if _fits(loads, rooms, slot):
                yield _Move(0, desk, slot)
        for slot in _bits(mine & ~theirs):
            for spare in _bits(theirs & ~mine):
                moved = _path_length(board, desk, slot, spare)
                if _fits(loads, rooms, spare if moved % 2 else slot):
                    yield _Move(moved, desk, slot, spare)


def _best(ways: Iterator[_Move]) -> _Move | None:
    """The first way that moves nobody, else the one that moves fewest; ties to the earlier slot, then the lower desk."""
    best: _Move | None = None
    for way in ways:
        if way.moved == 0:
            return way
        if best is None or (way.moved, way.slot, way.desk) < (best.moved, best.slot, best.desk):
            best = way
    return best


class Seating:
    """Pairs of an enterprise and a bank on a board. `first_desk[b]` is the first desk of bank b, and one more."""

    def __init__(
        self,
        board: Board,
        enterprise: Ints,
        bank: Ints,
        first_desk: Sequence[int],
        rooms: int | None,
        closed: ClosedTimes = ClosedTimes(),
    ) -> None:
        self.board, self.first_desk, self.rooms, self.closed = board, first_desk, rooms, closed
        self.enterprise, self.bank = enterprise.tolist(), bank.tolist()
        self.loads = board.loads()

    def desks(self, pair: int) -> range:
        bank = self.bank[pair]
        return range(self.first_desk[bank], self.first_desk[bank + 1])

    def open_desks(self, pair: int) -> list[int]:
        """The desks of the pair's bank that are still there."""
        return [desk for desk in self.desks(pair) if desk not in self.closed.desks]

    def place(self, pair: int) -> tuple[int, int]:
        """Slot and desk of a seated pair."""
        slots, desks = self.board.slots, self.desks(pair)
        first = self.enterprise[pair] * slots
        row = self.board.at_enterprise[first : first + slots]
        return next((slot, desk) for slot, desk in enumerate(row) if desk in desks)

    def suits(self, pair: int, without: int | None = None) -> bool:
        """Whether enterprise and bank share a free slot, once the enterprise has given up `without`."""
        mine = self.board.free_enterprise[self.enterprise[pair]]
        if without is not None:
            mine |= 1 << self.place(without)[0]
        mine &= ~self.closed.slots
        theirs = [self.board.free_desk[desk] for desk in self.open_desks(pair)]
        return any(_fits(self.loads, self.rooms, slot) for mask in theirs for slot in _bits(mine & mask))

    def seat(self, pair: int) -> bool:
        """Seat the pair, moving as few others as one path allows; false if no single path does."""
        board, enterprise = self.board, self.enterprise[pair]
        desks, begun = self.open_desks(pair), self.closed.slots
        best = _best(_moves(board, enterprise, desks, self.loads, self.rooms, begun))
        if best is None:
            return False
        if best.spare is not None:
            board.flip(best.desk, best.slot, best.spare)
        board.seat(enterprise, best.desk, best.slot)
        self.loads[best.spare if best.spare is not None and best.moved % 2 else best.slot] += 1
        return True

    def seat_in(self, pair: int, slot: int) -> bool:
        """Seat the pair in a slot at a desk of its bank that is free then; false if there is none."""
        bit = 1 << slot
        free = [desk for desk in self.open_desks(pair) if self.board.free_desk[desk] & bit]
        if not free or not self.board.free_enterprise[self.enterprise[pair]] & bit or self.closed.slots & bit:
            return False
        if not _fits(self.loads, self.rooms, slot):
            return False
        self.put(pair, free[0], slot)
        return True

    def put(self, pair: int, desk: int, slot: int) -> None:
        """Seat the pair where both sides are free."""
        self.board.seat(self.enterprise[pair], desk, slot)
        self.loads[slot] += 1

    def free(self, pair: int) -> None:
        slot, desk = self.place(pair)
        self.board.clear(self.enterprise[pair], desk, slot)
        self.loads[slot] -= 1

    def snapshot(self) -> object:
        board = self.board
        tables = (board.at_desk, board.at_enterprise, board.free_desk, board.free_enterprise, self.loads)
        return tuple(list(one) for one in tables)

    def restore(self, snapshot: object) -> None:
        board = self.board
        assert isinstance(snapshot, tuple)
        board.at_desk, board.at_enterprise, board.free_desk, board.free_enterprise, self.loads = snapshot
