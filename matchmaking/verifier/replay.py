"""The assignment played again from the lists, in another way than the matching does it.

Round by round every free enterprise asks the next bank on its list; the bank ranks all that asked, by level and then by
its published order, and keeps the best. Levels rise in round 1 until as many meet as a maximum flow allows, or as many as
the rooms allow, or to the level allowed. If a round would make more meetings than rooms × slots leave, each bank's seats
are cut in proportion to what it would hold (largest remainder, ties to the bank that stands first) and it is run again.
Where seats are reserved, the bank keeps those whom its published choice rule names (`choice`).
"""

from collections import deque
from dataclasses import dataclass, field, replace

from matchmaking.verifier.choice import chosen, still_reserved
from matchmaking.verifier.paper import Paper

Pair = tuple[int, int]


@dataclass(frozen=True)
class Game:
    """The lists of one round: `wishes[f]` the banks in the enterprise's order, `order[f, h]` the bank's rank of it.

    `groups[f]` are the reserves of an enterprise as bits, `reserved[h]` what a bank still has reserved for each.
    """

    wishes: dict[int, list[int]]
    order: dict[Pair, int]
    seats: list[int]
    groups: dict[int, int] = field(default_factory=dict)
    reserved: dict[int, list[int]] = field(default_factory=dict)

    def keeps(self, house: int, firms: set[int], levels: dict[int, int]) -> set[int]:
        """Whom a bank keeps of all that ask."""
        return chosen(
            firms,
            order={firm: self.order[firm, house] for firm in firms},
            levels=levels,
            groups=self.groups,
            seats=self.seats[house],
            reserved=self.reserved.get(house, []),
        )

    def reserved_after(self, pairs: set[Pair]) -> dict[int, list[int]]:
        """What the meetings of a round leave reserved."""
        left = {}
        for house, reserved in self.reserved.items():
            firms = [firm for firm, other in pairs if other == house]
            order = {firm: self.order[firm, house] for firm in firms}
            left[house] = still_reserved(firms, order=order, groups=self.groups, reserved=reserved)
        return left


@dataclass(frozen=True)
class Replayed:
    """What a round must look like."""

    seats: list[int]
    pairs: set[Pair]
    levels: dict[int, int]


def _ask(game: Game, levels: dict[int, int], asked: dict[int, int], mate: dict[int, int], free: list[int]) -> None:
    """Simultaneous asking until nobody free has a bank left on its list."""
    held: dict[int, set[int]] = {}
    for firm, house in mate.items():
        held.setdefault(house, set()).add(firm)
    while free:
        newcomers: dict[int, set[int]] = {}
        for firm in free:
            if asked[firm] < len(game.wishes[firm]):
                newcomers.setdefault(game.wishes[firm][asked[firm]], set()).add(firm)
                asked[firm] += 1
        free = []
        for house, firms in newcomers.items():
            rivals = held.get(house, set()) | firms
            kept = game.keeps(house, rivals, levels)
            refused = sorted(rivals - kept)
            held[house] = kept
            for firm in kept:
                mate[firm] = house
            for firm in refused:
                mate.pop(firm, None)
            free += refused


def _augment(game: Game, held: dict[int, set[int]], firm: int, dead: set[int]) -> bool:
    """Find one more a meeting by moving others; banks that led nowhere stay dead."""
    came: dict[int, Pair] = {}  # bank → (enterprise that wants in, the bank that it would leave)
    queue: deque[Pair] = deque([(firm, -1)])
    while queue:
        one, leaves = queue.popleft()
        for house in game.wishes[one]:
            if house in came or house in dead:
                continue
            came[house] = (one, leaves)
            if len(held[house]) < game.seats[house]:
                while house >= 0:
                    mover, left = came[house]
                    held[house].add(mover)
                    if left >= 0:
                        held[left].remove(mover)
                    house = left
                return True
            queue.extend((other, house) for other in held[house])
    dead |= came.keys()
    return False


def most_met(game: Game, start: dict[int, int]) -> int:
    """The most enterprises that can have one meeting: a start, then augmenting paths until none is left."""
    held: dict[int, set[int]] = {house: set() for house in range(len(game.seats))}
    for firm, house in start.items():
        held[house].add(firm)
    dead: set[int] = set()
    found = sum(_augment(game, held, firm, dead) for firm in game.wishes if firm not in start)
    return len(start) + found


def _settled(game: Game, allowed: int | None, room: int | None) -> tuple[dict[int, int], dict[int, int]]:
    """Mates and levels at the end."""
    levels = dict.fromkeys(game.wishes, 0)
    mate: dict[int, int] = {}
    asked = dict.fromkeys(game.wishes, 0)
    _ask(game, levels, asked, mate, list(game.wishes))
    if allowed == 0:
        return mate, levels
    most = most_met(game, mate)
    target = most if room is None else min(most, room)
    used = 0
    while len(mate) < target and (allowed is None or used < allowed):
        waiting = [firm for firm in game.wishes if firm not in mate]
        for firm in waiting:
            levels[firm] += 1
            asked[firm] = 0
        _ask(game, levels, asked, mate, waiting)
        used += 1
    return mate, levels


def _cut(held: list[int], total: int) -> list[int]:
    whole = sum(held)
    shares = [one * total // whole for one in held]
    rest = sorted(range(len(held)), key=lambda house: (-(held[house] * total % whole), house))
    for house in rest[: total - sum(shares)]:
        shares[house] += 1
    return shares


def _sitting(game: Game, allowed: int | None, room: int | None) -> Replayed:
    mate, levels = _settled(game, allowed, room)
    seats = game.seats
    if room is not None and len(mate) > room:
        houses = list(mate.values())
        seats = _cut([houses.count(house) for house in range(len(seats))], room)
        mate, levels = _settled(replace(game, seats=seats), allowed, room)
    return Replayed(seats, set(mate.items()), {firm: level for firm, level in levels.items() if level})


def first_reserved(paper: Paper) -> dict[int, list[int]]:
    """What each bank has reserved before the first round."""
    return {place: house.reserved for place, house in enumerate(paper.houses)} if paper.reserves else {}


def game_of(paper: Paper, number: int, seats: list[int], former: set[Pair], reserved: dict[int, list[int]]) -> Game:
    """The lists of round `number`: enterprises that want so many meetings, without their former pairs."""
    wishes: dict[int, list[int]] = {place: [] for place, firm in enumerate(paper.firms) if firm.wants >= number}
    for edge in sorted(paper.edges, key=lambda one: (one.firm, one.firm_rank)):
        if edge.firm in wishes and (edge.firm, edge.house) not in former:
            wishes[edge.firm].append(edge.house)
    order = {(edge.firm, edge.house): edge.house_rank for edge in paper.edges}
    return Game(wishes, order, seats, {place: firm.groups for place, firm in enumerate(paper.firms)}, reserved)


def replay(paper: Paper) -> list[Replayed]:
    """All rounds as they must have gone."""
    seats = [house.seats for house in paper.houses]
    room = None if paper.rooms is None else paper.rooms * paper.slots
    former: set[Pair] = set()
    reserved = first_reserved(paper)
    rounds: list[Replayed] = []
    for number in range(1, max((firm.wants for firm in paper.firms), default=0) + 1):
        game = game_of(paper, number, seats, former, reserved)
        one = _sitting(game, paper.levels_allowed if number == 1 else 0, room)
        if not one.pairs and number > 1:
            break
        rounds.append(one)
        former |= one.pairs
        reserved = game.reserved_after(one.pairs)
        taken = [house for _, house in one.pairs]
        seats = [left - taken.count(house) for house, left in enumerate(seats)]
        room = None if room is None else room - len(one.pairs)
    return rounds
