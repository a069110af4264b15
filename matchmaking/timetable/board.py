"""The board of a timetable: who sits where in each slot, with the free slots of everyone as bits of one whole number.

A *desk* is one desk of one bank, so that on both sides a slot holds at most one meeting. `flip` is the Kempe move: along
the path of two slots that starts at a desk, every meeting changes to the other slot, and no clash can arise.
"""

from dataclasses import dataclass, field

import numpy as np

from matchmaking.matching.columns import Ints

EMPTY = -1


def _free_masks(seats: Ints) -> list[int]:
    """The empty slots of each row as bits."""
    octets = np.packbits(seats == EMPTY, axis=1, bitorder="little")
    width, content = octets.shape[1], octets.tobytes()
    return [int.from_bytes(content[at : at + width], "little") for at in range(0, len(content), width)]


@dataclass
class Board:
    """Slots of `enterprises` and `desks`; `at_desk[d * slots + s]` is the enterprise there, and the reverse."""

    enterprises: int
    desks: int
    slots: int
    at_desk: list[int] = field(init=False, repr=False)
    at_enterprise: list[int] = field(init=False, repr=False)
    free_desk: list[int] = field(init=False, repr=False)
    free_enterprise: list[int] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        everything = (1 << self.slots) - 1
        self.at_desk = [EMPTY] * (self.desks * self.slots)
        self.at_enterprise = [EMPTY] * (self.enterprises * self.slots)
        self.free_desk = [everything] * self.desks
        self.free_enterprise = [everything] * self.enterprises

    @classmethod
    def filled(cls, enterprises: int, desks: int, slots: int, meetings: tuple[Ints, Ints, Ints]) -> "Board":
        """A board that holds meetings (enterprise, desk, slot) known to be free of clashes."""
        board = cls(enterprises, desks, slots)
        enterprise, desk, slot = meetings
        at_desk, at_enterprise = np.full(desks * slots, EMPTY), np.full(enterprises * slots, EMPTY)
        at_desk[desk * slots + slot] = enterprise
        at_enterprise[enterprise * slots + slot] = desk
        board.at_desk, board.at_enterprise = at_desk.tolist(), at_enterprise.tolist()
        board.free_desk = _free_masks(at_desk.reshape(desks, slots))
        board.free_enterprise = _free_masks(at_enterprise.reshape(enterprises, slots))
        return board

    def seat(self, enterprise: int, desk: int, slot: int) -> None:
        """Put a meeting into a slot that is free on both sides."""
        self.at_desk[desk * self.slots + slot] = enterprise
        self.at_enterprise[enterprise * self.slots + slot] = desk
        self.free_desk[desk] ^= 1 << slot
        self.free_enterprise[enterprise] ^= 1 << slot

    def clear(self, enterprise: int, desk: int, slot: int) -> None:
        """Take a meeting out."""
        self.at_desk[desk * self.slots + slot] = EMPTY
        self.at_enterprise[enterprise * self.slots + slot] = EMPTY
        self.free_desk[desk] ^= 1 << slot
        self.free_enterprise[enterprise] ^= 1 << slot

    def flip(self, desk: int, full: int, empty: int) -> int:
        """Swap slots `full` and `empty` along the path from a desk busy in the first and free in the second.

        Returns the number of meetings moved.
        """
        slots, at_desk, at_enterprise = self.slots, self.at_desk, self.at_enterprise
        both = (1 << full) | (1 << empty)
        self.free_desk[desk] ^= both
        enterprise = at_desk[desk * slots + full]
        at_desk[desk * slots + full] = EMPTY
        moved = 0
        while True:
            at_desk[desk * slots + empty] = enterprise
            next_desk = at_enterprise[enterprise * slots + empty]
            at_enterprise[enterprise * slots + empty] = desk
            moved += 1
            if next_desk == EMPTY:
                at_enterprise[enterprise * slots + full] = EMPTY
                self.free_enterprise[enterprise] ^= both
                return moved
            desk = next_desk
            at_enterprise[enterprise * slots + full] = desk
            next_enterprise = at_desk[desk * slots + full]
            at_desk[desk * slots + full] = enterprise
            moved += 1
            if next_enterprise == EMPTY:
                at_desk[desk * slots + empty] = EMPTY
                self.free_desk[desk] ^= both
                return moved
            enterprise = next_enterprise

    def slot_of(self, enterprise: int, desk: int) -> int:
        """The slot in which the two meet."""
        first = enterprise * self.slots
        return self.at_enterprise.index(desk, first, first + self.slots) - first

    def loads(self) -> list[int]:
        """Meetings in each slot."""
        return [sum(one != EMPTY for one in self.at_desk[slot :: self.slots]) for slot in range(self.slots)]
