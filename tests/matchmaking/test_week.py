"""A whole session: same bytes for the same input, whatever the order of rows; the plan keeps what it promises."""

import json
import random
from dataclasses import replace

import pytest

from kernel.errors import Refused
from matchmaking.market_files.writing import session_files
from matchmaking.matching.eligibility import Closed, refusals
from matchmaking.matching.market import Bank, Market
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.verifier.check import verify
from matchmaking.week import Terms, WeekPlan, match_week
from tests.matchmaking.markets import MONDAY, WEEK, market, shuffled

POLICY = MatchingPolicy()


def terms_of(rng: random.Random, **changes: object) -> Terms:
    plain = Terms(
        WEEK, rng.randint(1, 6), rng.randbytes(16), rng.choice([None, None, 1, 2, 4]), rng.choice([None, 0, 1])
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def check_meetings(field: Market, terms: Terms, plan: WeekPlan) -> None:
    """Everyone in one place at a time, only open pairs, nobody beyond its wish or its seats."""
    products = {one.product_id: one for one in field.products}
    requests = {one.request_id: one for one in field.requests}
    banks, closed = {one.institution_code: one for one in field.banks}, Closed.of(field)
    at = [(one.enterprise_code, one.slot) for one in plan.meetings]
    desks = [(one.institution_code, one.desk, one.slot) for one in plan.meetings]
    rooms = [(one.room, one.slot) for one in plan.meetings]
    assert all(len(set(places)) == len(plan.meetings) for places in (at, desks, rooms))
    for one in plan.meetings:
        request, product = requests[one.request_id], products[one.product_id]
        assert refusals(request, product, MONDAY, closed) == ()
        assert (request.enterprise_code, product.institution_code) == (one.enterprise_code, one.institution_code)
        assert 1 <= one.slot <= terms.slots
        assert 1 <= one.desk <= banks[one.institution_code].desks
    for code, bank in banks.items():
        assert sum(one.institution_code == code for one in plan.meetings) <= bank.places(terms.slots)
    for firm in plan.enterprises:
        assert sum(one.enterprise_code == firm.code for one in plan.meetings) <= firm.wants
    assert terms.rooms is None or len(plan.meetings) <= terms.rooms * terms.slots


@pytest.mark.parametrize("seed", range(200))
def test_a_random_session_keeps_its_promises_and_its_certificate_holds(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(seed)
    field, terms = market(rng, rng.randint(1, 25), rng.randint(1, 6), rng.randint(1, 50)), terms_of(rng)
    plan = match_week(field, policy=POLICY, terms=terms)
    check_meetings(field, terms, plan)
    assert verify(plan.certificate) == ()
    assert plan.timetable.slots_used == plan.timetable.bound.slots <= terms.slots
    assert terms.levels is not None or plan.assignment.coverage == plan.assignment.coverage_bound


@pytest.mark.parametrize("seed", range(20))
def test_the_same_input_and_seed_give_the_same_bytes_in_any_order_of_rows(seed: int) -> None:
    print(f"seed {seed}")
    rng = random.Random(1000 + seed)
    field, terms = market(rng, 20, 4, 40), terms_of(rng)
    first, again, mixed = (
        session_files(match_week(one, policy=POLICY, terms=terms), POLICY, terms)
        for one in (field, field, shuffled(rng, field))
    )
    assert first == again == mixed


def test_another_seed_draws_another_lottery() -> None:
    field, rng = market(random.Random(5), 40, 2, 60), random.Random(5)
    drawn = [match_week(field, policy=POLICY, terms=terms_of(rng, slots=3, rooms=None, levels=None)) for _ in range(4)]
    assert len({plan.meetings for plan in drawn}) > 1


def test_every_request_is_in_the_meetings_or_among_the_unmatched() -> None:
    for seed in range(10):
        print(f"seed {seed}")
        rng = random.Random(seed)
        field, terms = market(rng), terms_of(rng)
        plan = match_week(field, policy=POLICY, terms=terms)
        written = session_files(plan, POLICY, terms)
        unmatched = {line.split(",")[0] for line in written["unmatched.csv"].decode().splitlines()[1:]}
        assert unmatched | plan.met_requests == {one.request_id for one in field.requests}
        assert not unmatched & plan.met_requests


def test_nobody_is_named_in_the_certificate() -> None:
    field = market(random.Random(2))
    plan = match_week(field, policy=POLICY, terms=Terms(WEEK, 4, b"seed"))
    paper = plan.certificate.decode()
    names = [one.enterprise_code for one in field.requests] + [one.institution_code for one in field.banks]
    assert not [name for name in names if f'"{name}"' in paper]
    assert len(set(plan.pseudonyms.values())) == len(plan.pseudonyms) == len(plan.enterprises) + len(field.banks)


def test_a_given_salt_keeps_the_pseudonyms_when_the_market_changes() -> None:
    field = market(random.Random(2))
    smaller = replace(field, requests=field.requests[1:])
    salted = Terms(WEEK, 4, b"seed", salt=b"salt")
    one, two = (match_week(each, policy=POLICY, terms=salted).pseudonyms for each in (field, smaller))
    assert two.items() <= one.items()
    derived = [match_week(each, policy=POLICY, terms=Terms(WEEK, 4, b"seed")).pseudonyms for each in (field, smaller)]
    assert not set(derived[0].values()) & set(derived[1].values())


def test_named_banks_come_first_in_an_enterprises_own_order() -> None:
    field = market(random.Random(8), 12, 5, 80)
    plain = match_week(field, policy=POLICY, terms=Terms(WEEK, 6, b"s", salt=b"t"))
    wished = field.banks[-1].institution_code
    requests = tuple(replace(one, preferred_institutions=(wished,)) for one in field.requests)
    plan = match_week(replace(field, requests=requests), policy=POLICY, terms=Terms(WEEK, 6, b"s", salt=b"t"))
    place = sorted(plan.pseudonyms["bank", one.institution_code] for one in field.banks).index(
        plan.pseudonyms["bank", wished]
    )
    edges = json.loads(plan.certificate)["edges"]
    assert {rank for _, bank, rank, _, _ in edges if bank == place} == {1}
    assert plain.pseudonyms == plan.pseudonyms


def test_a_product_of_a_bank_that_is_not_listed_is_refused() -> None:
    field = market(random.Random(1))
    with pytest.raises(Refused) as refusal:
        match_week(replace(field, banks=(Bank("other", "other", 1),)), policy=POLICY, terms=Terms(WEEK, 3, b"s"))
    assert refusal.value.code == "bank_unknown"


def test_a_market_without_requests_or_products_makes_an_empty_session_that_verifies() -> None:
    field = market(random.Random(1))
    for one in (replace(field, requests=()), replace(field, products=()), Market((), (), ())):
        plan = match_week(one, policy=POLICY, terms=Terms(WEEK, 3, b"s"))
        assert plan.meetings == ()
        assert verify(plan.certificate) == ()
