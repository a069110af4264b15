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


def _moves(board: Board, enterprise: int, desks: range, loads: Sequence[int], rooms: int | None) -> Iterator[_Move]:
    """Every way to seat the meeting, with the number of kept meetings that change their slot."""
    mine = board.free_enterprise[enterprise]
    for desk in desks:
        theirs = board.free_desk[desk]
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
        self, board: Board, enterprise: Ints, bank: Ints, first_desk: Sequence[int], rooms: int | None
    ) -> None:
        self.board, self.first_desk, self.rooms = board, first_desk, rooms
        self.enterprise, self.bank = enterprise.tolist(), bank.tolist()
        self.loads = board.loads()

    def desks(self, pair: int) -> range:
        bank = self.bank[pair]
        return range(self.first_desk[bank], self.first_desk[bank + 1])

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
        theirs = [self.board.free_desk[desk] for desk in self.desks(pair)]
        return any(_fits(self.loads, self.rooms, slot) for mask in theirs for slot in _bits(mine & mask))

    def seat(self, pair: int) -> bool:
        """Seat the pair, moving as few others as one path allows; false if no single path does."""
        board, enterprise = self.board, self.enterprise[pair]
        best = _best(_moves(board, enterprise, self.desks(pair), self.loads, self.rooms))
        if best is None:
            return False
        if best.spare is not None:
            board.flip(best.desk, best.slot, best.spare)
        board.seat(enterprise, best.desk, best.slot)
        self.loads[best.spare if best.spare is not None and best.moved % 2 else best.slot] += 1
        return True

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
