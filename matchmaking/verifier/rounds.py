"""Checks of the pairs: limits kept, rounds reproduced, blocking pairs counted, coverage at its bound."""

from collections import Counter
from collections.abc import Iterator

from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.paper import Paper, Sitting
from matchmaking.verifier.replay import Game, Pair, first_reserved, game_of, most_met, replay


def limits(paper: Paper) -> Iterator[PaperFinding]:
    """Only candidates meet, once, within wishes, seats and rooms."""
    candidates = {(edge.firm, edge.house) for edge in paper.edges}
    pairs = [(pair[0], pair[1]) for sitting in paper.sittings for pair in sitting.pairs]
    strangers = [pair for pair in pairs if pair not in candidates]
    if strangers:
        yield finding("pair_unknown", strangers[0])
    twice = [pair for pair, count in Counter(pairs).items() if count > 1]
    if twice:
        yield finding("pair_twice", twice[0])
    by_firm, by_house = Counter(firm for firm, _ in pairs), Counter(house for _, house in pairs)
    for firm, count in by_firm.items():
        if count > paper.firms[firm].wants:
            yield finding("wants", paper.firms[firm].name)
    for house, count in by_house.items():
        if count > paper.houses[house].seats:
            yield finding("seats", paper.houses[house].name)
    if paper.rooms is not None and len(pairs) > paper.rooms * paper.slots:
        yield finding("rooms_cap", len(pairs))


def reproduced(paper: Paper) -> Iterator[PaperFinding]:
    """Each round comes out of the lists as stated."""
    expected = replay(paper)
    if [sitting.number for sitting in paper.sittings] != list(range(1, len(expected) + 1)):
        yield finding("pairs", len(expected))
        return
    for sitting, wanted in zip(paper.sittings, expected, strict=True):
        if sitting.seats != wanted.seats:
            yield finding("open_seats", sitting.number)
        stated = [(pair[0], pair[1]) for pair in sitting.pairs]
        if set(stated) != wanted.pairs or len(stated) != len(wanted.pairs):
            yield finding("pairs", sitting.number)
        if sitting.levels != wanted.levels or sitting.levels_used != max(wanted.levels.values(), default=0):
            yield finding("levels", sitting.number)


def _count_blocking(game: Game, sitting: Sitting, levels: dict[int, int]) -> int:
    mate = {pair[0]: pair[1] for pair in sitting.pairs}
    order = {pair: (-levels.get(pair[0], 0), rank) for pair, rank in game.order.items()}
    holds: dict[int, list[Pair]] = {}
    for firm, house in mate.items():
        holds.setdefault(house, []).append((firm, house))
    worst = {house: max(order.get(pair, (1, 0)) for pair in pairs) for house, pairs in holds.items()}
    count = 0
    for firm, wishes in game.wishes.items():
        better = wishes[: wishes.index(mate[firm])] if mate.get(firm) in wishes else wishes
        for house in better:
            has_room = len(holds.get(house, [])) < sitting.seats[house]
            if has_room or not game.reserved:
                count += has_room or (sitting.seats[house] > 0 and order[firm, house] < worst[house])
            else:
                rivals = {firm, *(one for one, _ in holds.get(house, []))}
                count += firm in game.keeps(house, rivals, levels)
    return count


def blocking(paper: Paper) -> Iterator[PaperFinding]:
    """Blocking pairs under the published priority and under promotion, as stated; under promotion there are none."""
    former: set[Pair] = set()
    reserved = first_reserved(paper)
    for sitting in paper.sittings:
        game = game_of(paper, sitting.number, sitting.seats, former, reserved)
        plain, promoted = _count_blocking(game, sitting, {}), _count_blocking(game, sitting, sitting.levels)
        if (plain, promoted) != (sitting.blocking, sitting.blocking_promoted) or promoted:
            yield finding("blocking", sitting.number)
        pairs = {(pair[0], pair[1]) for pair in sitting.pairs}
        former |= pairs
        if pairs <= game.order.keys():
            reserved = game.reserved_after(pairs)


def _sound_start(paper: Paper, game: Game) -> dict[int, int]:
    """As many of the stated first meetings as are possible at all: a start from which few steps lead to the most."""
    start: dict[int, int] = {}
    room = list(game.seats)
    stated = [pair for sitting in paper.sittings[:1] for pair in sitting.pairs]
    for firm, house in stated:
        if firm not in start and firm in game.wishes and (firm, house) in game.order and room[house] > 0:
            start[firm] = house
            room[house] -= 1
    return start


def coverage(paper: Paper) -> Iterator[PaperFinding]:
    """Who could meet, who met, and the most that could have."""
    could = len({edge.firm for edge in paper.edges})
    met = len({pair[0] for sitting in paper.sittings for pair in sitting.pairs})
    if (could, met) != (paper.coverage["could_meet"], paper.coverage["met"]):
        yield finding("coverage", f"{met} / {could}")
    game = game_of(paper, 1, [house.seats for house in paper.houses], set(), {})
    most = most_met(game, _sound_start(paper, game))
    if paper.rooms is not None:
        most = min(most, paper.rooms * paper.slots)
    if most != paper.coverage["bound"]:
        yield finding("coverage_bound", most)
    if paper.levels_allowed is None and met < most:
        yield finding("coverage", f"{met} < {most}")
