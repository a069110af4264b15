"""One quarter's returns held against each other: split borrowers, loans claimed twice, near twins."""

import random
from pathlib import Path

from settlement.returns.across import across
from tests.seeds import seeded
from tests.settlement.returns.filed_files import Loan, code, loan, take, write_csv

BANKS = ("91410402MA0000015P", "91410482MA0000023E", "91410411MA0000031E")


def _tapes(tmp_path: Path, *returns: list[Loan]) -> dict[str, Path]:
    tapes = {}
    for bank, rows in zip(BANKS, returns, strict=False):
        found = take(write_csv(tmp_path, rows), tape=f"{bank}.parquet")
        assert found.tape is not None
        tapes[bank] = found.tape
    return tapes


def test_a_borrower_over_the_limit_in_sum_is_told_with_the_line_of_each_institution(tmp_path: Path) -> None:
    tapes = _tapes(
        tmp_path,
        [loan(1, credit_line="6000000.00"), loan(2, credit_line="5000000.00"), loan(9, credit_line="20000000.00")],
        [
            loan(1, credit_line="4000000.01", loan_id="B1"),
            loan(3, borrower_code=code(1), credit_line="4000000.01", loan_id="B2"),
            loan(2, credit_line="5000000.00", loan_id="B3"),
        ],
    )
    (found,) = across(tapes).split_borrowers
    assert (found.borrower_code, found.total) == (code(1), 10_000_000_01)
    assert found.lines == ((BANKS[0], 6_000_000_00), (BANKS[1], 4_000_000_01))
    assert found.rule.code == "over_limit_across"


def test_a_loan_two_institutions_claim_whole_is_told_and_a_true_syndicate_is_not(tmp_path: Path) -> None:
    tapes = _tapes(
        tmp_path,
        [loan(1), loan(2, share="60"), loan(3, share="60")],
        [loan(1, loan_id="sh-0000-0001", balance="1.00"), loan(2, share="40"), loan(3, share="40.0001")],
    )
    found = across(tapes)
    assert [double.borrower_code for double in found.claimed_twice] == sorted([code(1), code(3)])
    first = next(double for double in found.claimed_twice if double.borrower_code == code(1))
    assert [(claim.institution_code, claim.row, claim.loan_id) for claim in first.claims] == [
        (BANKS[0], 2, "SH00000001"),
        (BANKS[1], 2, "sh-0000-0001"),
    ]


def test_a_loan_under_another_id_with_the_same_days_rate_and_balance_is_a_near_twin(tmp_path: Path) -> None:
    tapes = _tapes(tmp_path, [loan(1), loan(2)], [loan(1, loan_id="OTHER"), loan(2, loan_id="X", balance="1250000.01")])
    found = across(tapes)
    assert found.claimed_twice == ()
    assert [double.borrower_code for double in found.near_twins] == [code(1)]
    assert found.near_twins[0].rule.code == "near_twin"


def test_one_institution_alone_and_none_at_all_hold_nothing(tmp_path: Path) -> None:
    rows = [loan(1, credit_line="20000000.00"), loan(2, borrower_code=code(1), credit_line="20000000.00")]
    empty = across({})
    assert across(_tapes(tmp_path, rows)) == empty
    assert (empty.split_borrowers, empty.claimed_twice, empty.near_twins) == ((), (), ())


def _disguised(loan_id: str, chance: random.Random) -> str:
    cuts = sorted(chance.sample(range(1, len(loan_id)), 2))
    joined = chance.choice("-/ _.").join([loan_id[: cuts[0]], loan_id[cuts[0] : cuts[1]], loan_id[cuts[1] :]])
    return chance.choice([joined, joined.lower(), "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in joined)])


def test_disguised_loan_ids_are_seen_through(tmp_path: Path) -> None:
    chance = seeded()
    rows = [loan(number) for number in range(1, 301)]
    again = [{**row, "loan_id": _disguised(row["loan_id"], chance), "balance": "7.00"} for row in rows]
    assert len(across(_tapes(tmp_path, rows, again)).claimed_twice) == len(rows)
