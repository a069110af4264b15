"""Late cancellation: the rest stands, freed seats go on, coverage does not drop, quiet displaces nobody."""

import random
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from functools import cache

import pytest

from matchmaking.late_cancellation import CalledOff, Repaired, repair_week
from matchmaking.matching.market import Market, Product, Request
from matchmaking.matching.policy import MatchingPolicy, Reserve
from matchmaking.week import Meeting, Terms, WeekPlan, match_week
from tests.matchmaking.markets import WEEK, market
from tests.matchmaking.test_week import check_meetings

POLICY = MatchingPolicy()
OPEN_PRODUCT = Product("P1", "", "产品", 1, 10**12, 1, 60, Decimal("3.85"), Decimal("6"), frozenset({"surety"}))
OPEN_REQUEST = Request(
    "", "", "", 100_000_000, 12, Decimal("5"), frozenset({"surety"}), "C13", "410402", "working_capital"
)


def session(seed: int) -> tuple[Market, Terms, WeekPlan, frozenset[str]]:
    rng = random.Random(seed)
    field = market(rng, rng.randint(5, 40), rng.randint(2, 6), 120)
    terms = Terms(WEEK, rng.randint(2, 5), rng.randbytes(8), rng.choice([None, None, 3, 5]))
    plan = match_week(field, policy=POLICY, terms=terms)
    met = sorted(plan.met_enterprises)
    return field, terms, plan, frozenset(rng.sample(met, min(len(met), rng.randint(1, 3))))


def pair(one: Meeting) -> tuple[str, str]:
    return one.enterprise_code, one.institution_code


@cache
def repaired(seed: int, quiet: bool) -> tuple[Market, Terms, WeekPlan, frozenset[str], Repaired]:
    field, terms, plan, cancelled = session(seed)
    done = repair_week(field, policy=POLICY, terms=terms, meetings=plan.meetings, off=CalledOff(cancelled), quiet=quiet)
    return field, terms, plan, cancelled, done


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("quiet", [False, True])
def test_the_repaired_plan_is_a_sound_plan_that_keeps_what_it_can(seed: int, quiet: bool) -> None:
    print(f"seed {seed}")
    field, terms, plan, cancelled, done = repaired(seed, quiet)
    check_meetings(field, terms, replace(plan, meetings=done.meetings))
    before, after = {pair(one): one for one in plan.meetings}, {pair(one): one for one in done.meetings}
    assert not cancelled & {one.enterprise_code for one in done.meetings}
    assert {pair(one) for one in done.cancelled} == {key for key in before if key[0] in cancelled}
    assert {pair(one) for one in done.added} == after.keys() - before.keys()
    gone = before.keys() - after.keys()
    assert {pair(one) for one in (*done.cancelled, *done.displaced)} == gone
    moved = {key for key in after.keys() & before.keys() if after[key].slot != before[key].slot}
    assert {pair(one) for one in done.moved} == moved
    for key in (after.keys() & before.keys()) - moved:
        assert after[key] == before[key]


@pytest.mark.parametrize("seed", range(40))
def test_nobody_else_loses_its_only_meeting(seed: int) -> None:
    print(f"seed {seed}")
    _, _, plan, cancelled, done = repaired(seed, quiet=False)
    lost = plan.met_enterprises - cancelled - {one.enterprise_code for one in done.meetings}
    assert not lost


@pytest.mark.parametrize("seed", range(40))
def test_quiet_displaces_nobody(seed: int) -> None:
    print(f"seed {seed}")
    _, _, plan, cancelled, done = repaired(seed, quiet=True)
    assert done.displaced == done.moved == ()
    assert {pair(one) for one in plan.meetings if one.enterprise_code not in cancelled} <= {
        pair(one) for one in done.meetings
    }


def test_an_enterprise_without_a_meeting_gets_the_freed_seat_first() -> None:
    gained = 0
    for seed in range(40):
        _, _, plan, _, done = repaired(seed, quiet=False)
        unmet = {one.code for one in plan.enterprises} - plan.met_enterprises
        gained += sum(one.enterprise_code in unmet for one in done.added)
    assert gained > 5


def test_a_cancellation_of_nobody_changes_nothing() -> None:
    field, terms, plan, _ = session(4)
    done = repair_week(field, policy=POLICY, terms=terms, meetings=plan.meetings, off=CalledOff())
    assert done == Repaired(plan.meetings, (), (), (), ())


def test_the_same_repair_gives_the_same_plan() -> None:
    assert repaired(7, quiet=False)[-1] == repaired(7, quiet=False)[-1]


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("quiet", [False, True])
def test_a_desk_taken_away_stays_empty_and_its_meetings_go_next_door_if_they_can(seed: int, quiet: bool) -> None:
    print(f"seed {seed}")
    field, terms, plan, _ = session(seed)
    rng = random.Random(seed)
    bank = rng.choice(plan.meetings).institution_code if plan.meetings else field.banks[0].institution_code
    off = CalledOff(desks=frozenset({(bank, 1)}))
    done = repair_week(field, policy=POLICY, terms=terms, meetings=plan.meetings, off=off, quiet=quiet)
    check_meetings(field, terms, replace(plan, meetings=done.meetings))
    assert not [one for one in done.meetings if (one.institution_code, one.desk) == (bank, 1)]
    assert not {pair(one) for one in done.cancelled} & {pair(one) for one in done.meetings}
    assert {one.institution_code for one in done.cancelled} <= {bank}
    if quiet:
        assert not done.displaced
        assert {one.institution_code for one in done.moved} <= {bank}


@pytest.mark.parametrize("seed", range(40))
def test_a_pair_called_off_does_not_meet_again_and_nothing_new_starts_in_a_slot_that_has_begun(seed: int) -> None:
    print(f"seed {seed}")
    field, terms, plan, _ = session(seed)
    rng = random.Random(seed)
    begun = rng.randint(1, terms.slots - 1)
    late = [one for one in plan.meetings if one.slot > begun]
    if not late:
        return
    gone = rng.choice(late)
    shy = frozenset(rng.sample([one.code for one in plan.enterprises], 2))
    off = CalledOff(pairs=frozenset({pair(gone)}), not_called=shy, begun=begun)
    done = repair_week(field, policy=POLICY, terms=terms, meetings=plan.meetings, off=off)
    check_meetings(field, terms, replace(plan, meetings=done.meetings))
    assert [one for one in done.meetings if one.slot <= begun] == [one for one in plan.meetings if one.slot <= begun]
    assert done.cancelled == (gone,)
    assert pair(gone) not in {pair(one) for one in done.meetings}
    assert not {one.enterprise_code for one in done.added} & shy
    assert done.displaced == done.moved == ()


def test_an_enterprise_that_calls_off_while_the_session_runs_keeps_what_has_begun() -> None:
    field, terms, plan, _ = session(1)
    busy = Counter(one.enterprise_code for one in plan.meetings).most_common(1)[0][0]
    mine = sorted(one.slot for one in plan.meetings if one.enterprise_code == busy)
    assert len(mine) > 1
    off = CalledOff(enterprises=frozenset({busy}), begun=mine[0])
    done = repair_week(field, policy=POLICY, terms=terms, meetings=plan.meetings, off=off)
    assert [one.slot for one in done.meetings if one.enterprise_code == busy] == mine[:1]
    assert [one.slot for one in done.cancelled] == mine[1:]


def test_a_freed_reserved_seat_goes_to_a_member_first() -> None:
    """One bank, two seats, one of them for the pool: the pool firm that meets it cancels, another one is called."""
    tags = [frozenset({"pool"}), frozenset[str](), frozenset[str](), frozenset({"pool"})]
    field, terms, plan, _ = session(3)
    bank, product = (
        replace(field.banks[0], desks=1, seats=2),
        replace(OPEN_PRODUCT, institution_code=field.banks[0].institution_code),
    )
    asked = tuple(
        replace(
            OPEN_REQUEST, request_id=f"R{place}", enterprise_code=f"E{place}", enterprise_name=f"企业{place}", tags=one
        )
        for place, one in enumerate(tags)
    )
    policy = MatchingPolicy(tiers=(), reserves=(Reserve("pool_reserve", frozenset({"pool"}), 5_000),))
    field, terms = Market((bank,), (product,), asked), replace(terms, slots=4, rooms=None, seed=b"seed")
    plan = match_week(field, policy=policy, terms=terms)
    pool = {"E0", "E3"}
    met = {one.enterprise_code for one in plan.meetings}
    assert len(met) == 2
    assert len(met & pool) >= 1
    gone = min(met & pool)
    off = CalledOff(frozenset({gone}))
    done = repair_week(field, policy=policy, terms=terms, meetings=plan.meetings, off=off)
    assert {one.enterprise_code for one in done.meetings} & pool == pool - {gone}
