"""The same number of meetings in every slot, give or take one, so that the fewest rooms and video hosts are needed."""

from matchmaking.timetable.board import EMPTY, Board


def _surplus_desks(board: Board, full: int, spare: int) -> list[int]:
    """Desks that meet in the full slot and not in the spare one: where paths that may end well begin."""
    busy, free = 1 << full, 1 << spare
    return [desk for desk, mask in enumerate(board.free_desk) if mask & free and not mask & busy]


def _ends_at_enterprise(board: Board, desk: int, full: int, spare: int) -> bool:
    """Whether the path from the desk has one more meeting in the full slot than in the spare one."""
    slots, at_desk, at_enterprise = board.slots, board.at_desk, board.at_enterprise
    while True:
        enterprise = at_desk[desk * slots + full]
        if enterprise == EMPTY:
            return False
        desk = at_enterprise[enterprise * slots + spare]
        if desk == EMPTY:
            return True


def _shift(board: Board, full: int, spare: int, count: int) -> None:
    """Move `count` meetings, on balance, from the full slot to the spare one."""
    for desk in _surplus_desks(board, full, spare):
        if not count:
            return
        if _ends_at_enterprise(board, desk, full, spare):
            board.flip(desk, full, spare)
            count -= 1


def level(board: Board) -> None:
    """Flip paths until every slot holds ⌊m/T⌋ or ⌈m/T⌉ meetings; no clash arises and no slot is added."""
    loads = board.loads()
    low, odd = divmod(sum(loads), max(board.slots, 1))
    high = low + (odd > 0)
    while loads and (max(loads) > high or min(loads) < low):
        full, spare = loads.index(max(loads)), loads.index(min(loads))
        count = min(max(loads[full] - high, 1), max(low - loads[spare], 1))
        _shift(board, full, spare, count)
        loads[full] -= count
        loads[spare] += count
