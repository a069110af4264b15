"""The roll-forward from one return to the next adds up to the fen, whatever happened between them."""

import random
from pathlib import Path

from kernel.money import parse_yuan, yuan
from settlement.returns.findings import RollForward
from settlement.returns.rolling import roll_forward
from tests.seeds import seeded
from tests.settlement.returns.filed_files import Loan, loan, take, write_csv

OPERATING = "purpose = 'operating'"


def _roll(tmp_path: Path, before: list[Loan], after: list[Loan], within: str = "true") -> RollForward:
    old, new = (
        take(write_csv(tmp_path, before), tape="old.parquet"),
        take(write_csv(tmp_path, after), tape="new.parquet"),
    )
    assert old.tape is not None
    assert new.tape is not None
    return roll_forward(old.tape, new.tape, within=within)


def test_each_way_a_balance_can_go_has_its_line(tmp_path: Path) -> None:
    before = [
        loan(1, balance="100.00"),
        loan(2, balance="200.00"),
        loan(3, balance="300.00"),
        loan(4, balance="400.00"),
        loan(5, balance="500.00", classification="loss"),
        loan(6, balance="600.00"),
    ]
    after = [
        loan(1, balance="150.00"),
        loan(2, balance="80.00"),
        loan(3, balance="0.00"),
        loan(6, balance="600.00"),
        loan(7, balance="700.00"),
    ]
    assert _roll(tmp_path, before, after) == RollForward(
        previous=2100_00,
        opened=700_00,
        grown=50_00,
        entered=0,
        shrunk=120_00,
        repaid=300_00,
        left=400_00,
        written_off=500_00,
        exited=0,
        present=1530_00,
    )


def test_loans_that_cross_the_border_of_the_definition_enter_and_exit_whole(tmp_path: Path) -> None:
    before = [loan(1, balance="100.00"), loan(2, balance="200.00", purpose="consumption"), loan(3, balance="5.00")]
    after = [loan(1, balance="110.00", purpose="consumption"), loan(2, balance="190.00"), loan(3, balance="5.00")]
    rolled = _roll(tmp_path, before, after, OPERATING)
    assert (rolled.previous, rolled.entered, rolled.exited, rolled.present) == (105_00, 190_00, 100_00, 195_00)
    assert rolled.adds_up


def _changed(row: Loan, chance: random.Random) -> Loan:
    balance = parse_yuan(row["balance"])
    new = chance.choice([0, balance, balance + chance.randrange(10**9), chance.randrange(balance + 1)])
    return {**row, "balance": yuan(new), "purpose": chance.choice(["operating", "consumption"])}


def test_random_pairs_of_returns_add_up_within_any_definition(tmp_path: Path) -> None:
    chance = seeded()
    for _ in range(2):
        purposes = ["operating", "consumption"]
        before = [
            loan(
                number,
                balance=yuan(chance.choice([0, 1, 2**53 + 1, chance.randrange(10**11)])),
                purpose=chance.choice(purposes),
                classification=chance.choice(["normal", "loss"]),
            )
            for number in range(1, 80)
        ]
        kept = [_changed(row, chance) for row in before if chance.random() < 0.7]
        after = kept + [loan(number, balance=yuan(chance.randrange(10**9))) for number in range(100, 120)]
        for within in ("true", OPERATING):
            rolled = _roll(tmp_path, before, after, within)
            assert rolled.adds_up
            counted = [row for row in after if within == "true" or row["purpose"] == "operating"]
            assert rolled.present == sum(parse_yuan(row["balance"]) for row in counted)


def test_intake_hands_back_the_roll_forward_against_the_last_return(tmp_path: Path) -> None:
    before = take(write_csv(tmp_path, [loan(1), loan(2)]), tape="before.parquet")
    found = take(write_csv(tmp_path, [loan(1), loan(3, balance="7.00")]), previous=before.tape)
    assert found.roll_forward is not None
    assert (found.roll_forward.previous, found.roll_forward.present) == (before.total_balance, found.total_balance)
    assert found.roll_forward.opened == 7_00
    assert found.roll_forward.adds_up


def test_a_return_with_errors_is_rolled_forward_as_far_as_it_can_be_read(tmp_path: Path) -> None:
    before = take(write_csv(tmp_path, [loan(1), loan(2)]), tape="before.parquet")
    rows = [loan(1), loan(2, loan_id="SH00000001"), loan(3, balance="x"), loan(4, loan_id="")]
    found = take(write_csv(tmp_path, rows), previous=before.tape)
    assert not found.is_accepted
    assert found.roll_forward is not None
    assert found.roll_forward.adds_up
    assert found.roll_forward.present == found.total_balance
