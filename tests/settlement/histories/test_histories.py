"""Random histories over the services of the settlement: whatever anybody does in whatever order, every invariant holds after every step.

The full size is 300 runs of 50 steps on SQLite and 40 of 50 on PostgreSQL: `YINQI_FULL=1`. A failure prints its steps, and plays again
with the printed `YINQI_SEED`.
"""

import os
import random

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.seeds import is_full
from tests.settlement.histories import checks
from tests.settlement.histories.machine import SettlementHistories
from tests.settlement.histories.paying import Counterhall
from tests.settlement.histories.places import Place
from tests.settlement.histories.town import SETTLED, WHOLE

SIZES = {"sqlite_place": (300, 50) if is_full() else (5, 25), "postgres_place": (40, 50) if is_full() else (2, 20)}


@pytest.mark.parametrize("name", SIZES)
def test_every_invariant_holds_after_every_step_of_every_history(name: str, request: pytest.FixtureRequest) -> None:
    place: Place = request.getfixturevalue(name)
    number = int(os.environ.get("YINQI_SEED", random.SystemRandom().randrange(2**32)))
    print(f"YINQI_SEED={number}")
    runs, steps = SIZES[name]
    histories = seed(number)(type("Histories", (SettlementHistories,), {"place": place}))
    size = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink) if is_full() else (Phase.generate,),
        print_blob=True,
    )
    run_state_machine_as_test(histories, settings=size)
    print(place.told())


def test_a_plain_history_pays_restates_and_takes_back_to_the_fen(sqlite_place: Place) -> None:
    """Not left to chance: growth paid, a later figure, a withdrawal, money that comes back."""
    with sqlite_place.history(is_released=True) as history:
        hall, bank = Counterhall(history), history.town.banks[1].party
        hall.pay_all("carry_claim")
        paid = hall.bank.paid["410421", bank.id or 0, "growth-reward", "2022Q2"]
        assert paid == 99  # 1 % of a growth of 99.01 yuan
        history.certify_figure(1, 2, WHOLE + 1)
        history.compute()
        history.restate()
        history.open_batch(SETTLED[-1])
        history.carry_through()
        hall.ask_back("410421", bank.id or 0)
        hall.money_back(hall.notices()[0], 99)
        checks.nothing_violated(history.db)
        checks.money_is_where_the_bank_says(hall)
        checks.figures_stand(history)
        assert (hall.bank.returned["410421", bank.id or 0], hall.owing("410421")) == (99, [])
