"""Soft reserves: shares met exactly where members ask, open to all where they do not, and nobody passed over under the rule."""

import itertools
import json
import random
from datetime import date

import numpy as np
import pytest

from config.settings import Settings
from kernel.policies import PolicyBook
from matchmaking.certificate.slices import slice_list, slices_of
from matchmaking.matching.assignment import Assignment, MeetingLimits, assign
from matchmaking.matching.market import Market
from matchmaking.matching.policy import MatchingPolicy, Reserve
from matchmaking.matching.preferences import Preferences
from matchmaking.matching.reserves import Reserves, refused
from matchmaking.matching_policy import matching_policy
from matchmaking.verifier.check import verify
from matchmaking.verifier.slice import verify_slice
from matchmaking.week import Terms, WeekPlan, match_week
from tests.matchmaking import test_verifier as forging
from tests.matchmaking.markets import WEEK, market

POOL, FIRST = 1, 2  # the bits of the two groups
POLICY = MatchingPolicy(
    tiers=(),
    reserves=(
        Reserve("pool_reserve", frozenset({"pool", "reached_scale"}), 3_000),
        Reserve("first_loan_reserve", frozenset({"first_loan"}), 2_000),
    ),
)


def keeps(bank: int, firms: set[int], prefs: Preferences, bounds: MeetingLimits) -> set[int]:
    """The published rule as a row of seats: reserved ones take their best member, all that stay empty are open at the end."""
    assert bounds.reserves is not None
    rank = {int(f): int(p) for f, b, p in zip(prefs.enterprise, prefs.bank, prefs.priority, strict=True) if b == bank}
    seats = int(bounds.seats[bank])
    labels = [group for group, reserved in enumerate(bounds.reserves.seats) for _ in range(reserved[bank])]
    waiting = sorted(firms, key=rank.__getitem__)
    kept: list[int] = []
    for group in labels:
        member = next((one for one in waiting if bounds.reserves.member[one] >> group & 1), None)
        if member is not None and len(kept) < seats:
            kept.append(member)
            waiting.remove(member)
    return {*kept, *waiting[: seats - len(kept)]}


def random_lists(rng: random.Random, firms: int, banks: int) -> tuple[Preferences, MeetingLimits]:
    rows = [(firm, bank) for firm in range(firms) for bank in rng.sample(range(banks), rng.randint(1, banks))]
    enterprise, bank = np.array(rows, np.int64).T
    priority = np.array(rng.sample(range(len(rows)), len(rows)), np.int64)
    seats = [rng.randint(0, 3) for _ in range(banks)]
    reserved = tuple(tuple(rng.randint(0, one) for one in seats) for _ in range(2))
    member = tuple(rng.choice([0, 0, POOL, FIRST, POOL | FIRST]) for _ in range(firms))
    bounds = MeetingLimits(np.array(seats, np.int64), np.ones(firms, np.int64), None, 0, Reserves(reserved, member))
    return Preferences(enterprise, bank, priority, firms, banks), bounds


def mates_of(prefs: Preferences, one: Assignment) -> dict[int, int]:
    return {int(prefs.enterprise[pair]): int(prefs.bank[pair]) for pair in one.rounds[0].pairs}


def wishes_of(prefs: Preferences) -> dict[int, list[int]]:
    wishes: dict[int, list[int]] = {}
    for firm, bank in zip(prefs.enterprise.tolist(), prefs.bank.tolist(), strict=True):
        wishes.setdefault(firm, []).append(bank)
    return wishes


def is_stable(mates: dict[int, int], prefs: Preferences, bounds: MeetingLimits) -> bool:
    """Straight from the definition: every bank keeps whom it has, and would take nobody who prefers it."""
    wishes = wishes_of(prefs)
    for bank in range(prefs.banks):
        held = {firm for firm, other in mates.items() if other == bank}
        if keeps(bank, held, prefs, bounds) != held:
            return False
        for firm, banks in wishes.items():
            better = banks[: banks.index(mates[firm])] if firm in mates else banks
            if bank in better and firm in keeps(bank, held | {firm}, prefs, bounds):
                return False
    return True


@pytest.mark.parametrize("seed", range(150))
def test_no_pair_blocks_under_the_published_rule(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    prefs, bounds = random_lists(rng, rng.randint(1, 25), rng.randint(1, 6))
    done = assign(prefs, bounds)
    assert is_stable(mates_of(prefs, done), prefs, bounds)
    assert done.rounds[0].blocking == 0


@pytest.mark.parametrize("seed", range(40))
def test_of_all_stable_plans_the_one_that_every_firm_likes_best(seed: int) -> None:
    """By brute force over every plan of a tiny market."""
    print(f"seed {seed}")
    rng = random.Random(seed)
    prefs, bounds = random_lists(rng, rng.randint(2, 5), 3)
    wishes, mine = wishes_of(prefs), mates_of(prefs, assign(prefs, bounds))
    stable = 0
    for choice in itertools.product(*([*wishes[firm], None] for firm in sorted(wishes))):
        mates = {firm: bank for firm, bank in zip(sorted(wishes), choice, strict=True) if bank is not None}
        if not is_stable(mates, prefs, bounds):
            continue
        stable += 1
        for firm, bank in mates.items():
            assert wishes[firm].index(mine[firm]) <= wishes[firm].index(bank)
    assert stable > 0


@pytest.mark.parametrize("seed", range(60))
def test_with_promotion_coverage_is_at_the_bound_and_nothing_blocks_at_the_levels_reached(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    prefs, bounds = random_lists(rng, rng.randint(1, 40), rng.randint(1, 6))
    free = MeetingLimits(bounds.seats, bounds.wants, reserves=bounds.reserves)
    done = assign(prefs, free)
    plain = assign(prefs, MeetingLimits(bounds.seats, bounds.wants))
    assert done.coverage == done.coverage_bound == plain.coverage
    assert done.rounds[0].blocking_promoted == 0


@pytest.mark.parametrize("seed", range(100))
def test_who_is_refused_stays_refused_when_another_asks_too(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    seats = rng.randint(1, 6)
    reserved = [rng.randint(0, seats), rng.randint(0, seats)]
    ranked = sorted(((rng.choice([0, 0, 1, 2]), n, rng.randint(0, 3)) for n in range(seats + 1)), reverse=True)
    loser = ranked[refused([(level, mask) for level, _, mask in ranked], reserved)]
    kept = [one for one in ranked if one != loser]
    another = (rng.choice([0, 1]), rng.random() * seats, rng.randint(0, 3))
    more = sorted([*kept, another], reverse=True)
    second = more[refused([(level, mask) for level, _, mask in more], reserved)]
    again = sorted([one for one in [*kept, another] if one != second] + [loser], reverse=True)
    assert again[refused([(level, mask) for level, _, mask in again], reserved)] == loser


def one_bank(members: list[int], seats: int, reserved: tuple[int, int]) -> list[int]:
    """Who meets the only bank: it ranks the enterprises as they are listed."""
    count = len(members)
    prefs = Preferences(np.arange(count), np.zeros(count, np.int64), np.arange(count), count, 1)
    reserves = Reserves(tuple((one,) for one in reserved), tuple(members))
    bounds = MeetingLimits(np.array([seats]), np.ones(count, np.int64), None, 0, reserves)
    return sorted(mates_of(prefs, assign(prefs, bounds)))


def test_reserved_seats_go_to_exactly_as_many_members_as_are_reserved() -> None:
    members = [0] * 10 + [FIRST] * 5 + [POOL] * 5
    assert one_bank(members, 10, (2, 3)) == [0, 1, 2, 3, 4, 10, 11, 12, 15, 16]


def test_members_who_stand_high_anyway_use_the_reserve_up() -> None:
    assert one_bank([POOL, 0, 0, POOL], 2, (1, 0)) == [0, 1]


def test_a_reserve_that_too_few_want_is_open_to_all() -> None:
    assert one_bank([0] * 10 + [POOL], 6, (3, 3)) == [0, 1, 2, 3, 4, 10]
    assert one_bank([0] * 10, 6, (3, 3)) == [0, 1, 2, 3, 4, 5]


def test_a_firm_in_both_groups_counts_towards_the_first() -> None:
    assert one_bank([0, 0, 0, POOL | FIRST, FIRST], 2, (1, 1)) == [3, 4]


def test_later_rounds_reserve_only_what_is_left() -> None:
    reserves = Reserves(((2,),), (POOL, POOL, 0))
    prefs = Preferences(np.arange(3), np.zeros(3, np.int64), np.arange(3), 3, 1)
    assert reserves.after(prefs, np.array([0, 2])).seats == ((1,),)


def plan_of(seed: int) -> tuple[Market, WeekPlan]:
    rng = random.Random(seed)
    field = market(rng, rng.randint(5, 40), rng.randint(1, 6), rng.randint(40, 150))
    rooms, levels = rng.choice([None, None, 1, 3]), rng.choice([None, None, 0])
    terms = Terms(WEEK, rng.randint(1, 6), rng.randbytes(16), rooms, levels)
    return field, match_week(field, policy=POLICY, terms=terms)


@pytest.mark.parametrize("seed", range(60))
def test_the_certificate_of_a_session_with_reserves_and_all_its_parts_hold(seed: int) -> None:
    print(f"seed {seed}")
    _, plan = plan_of(seed)
    assert verify(plan.certificate) == ()
    listed = slice_list(plan.certificate)
    for part in slices_of(plan.certificate).values():
        assert verify_slice(part, listed=listed) == ()


def test_the_certificate_carries_the_counts_by_reserve_and_by_size_of_bank() -> None:
    field, plan = plan_of(3)
    paper = json.loads(plan.certificate)
    tags = {one.code: one.tags for one in plan.enterprises}
    wanted = [{"pool", "reached_scale"}, {"first_loan"}]
    met = [sum(bool(tags[one.enterprise_code] & group) for one in plan.meetings) for group in wanted]
    assert [one["meetings"] for one in paper["reserve_counts"]] == met
    desks = {one.institution_code: one.desks for one in field.banks}
    small = sum(desks[one.institution_code] == 1 for one in plan.meetings)
    assert paper["bank_counts"]["small"]["meetings"] == small
    assert paper["bank_counts"]["other"]["meetings"] == len(plan.meetings) - small
    assert set(paper["counts"]) == {"all", "county", "size", "first_loan", "pool"}


def crowded() -> forging.Paper:
    """A session whose reserves decide who meets."""
    for seed in range(200):
        _, plan = plan_of(seed)
        paper: forging.Paper = json.loads(plan.certificate)
        open_to_all = match_week(plan.market, policy=MatchingPolicy(tiers=()), terms=Terms(WEEK, 3, b"x"))
        if len(plan.meetings) > 8 and sum(map(sum, (one["reserved"] for one in paper["banks"]))) > 3:
            assert open_to_all.meetings
            return paper
    raise AssertionError("no crowded session")


@pytest.mark.parametrize("what", ["bank", "firm", "share", "counts", "banks"])
def test_a_forger_of_reserves_is_found_out(what: str) -> None:
    paper = crowded()
    assert verify(forging.sealed(paper)) == ()
    if what == "bank":
        next(one for one in paper["banks"] if one["reserved"][0])["reserved"][0] -= 1
    elif what == "firm":
        next(one for one in paper["enterprises"] if not one["groups"] & FIRST)["groups"] |= FIRST
    elif what == "share":
        paper["policy"]["reserves"][0]["share"] += 3_000
    elif what == "counts":
        paper["reserve_counts"][1]["meetings"] += 1
    else:
        paper["bank_counts"]["small"]["met"] += 1
    codes = {one.code for one in verify(forging.sealed(paper))}
    assert codes & ({"counts"} if what in ("counts", "banks") else {"reserved"})


def test_tiers_hold_until_the_day_on_which_the_reserves_begin() -> None:
    book = PolicyBook.load(Settings().policies_dir)
    before, after = matching_policy(book, date(2022, 12, 26)), matching_policy(book, date(2023, 1, 2))
    assert (len(before.tiers), before.reserves) == (3, ())
    assert after.tiers == ()
    assert [(one.name, one.share) for one in after.reserves] == [("pool_reserve", 2_000), ("first_loan_reserve", 2_000)]
    assert [after.reserves[0].seats_of(seats) for seats in (1, 2, 3, 8, 12)] == [0, 0, 1, 2, 2]
