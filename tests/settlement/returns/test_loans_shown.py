"""Which loans the certified returns show of some borrowers: what the matchmaking asks before it counts a drawdown."""

from datetime import date

from flask import Flask

from config.filed_loans import filed_loans
from matchmaking.referrals.filed_loans import LoanSeen
from settlement.returns.loans_shown import loans_shown
from tests.settlement.filing_floor import Q2, Q3, Floor, loan

FIRM, OTHER, STRANGER = "91410402MA0000015P", "91410482MA0000023E", "91410411MA0000031E"


def test_each_loan_is_shown_once_as_the_first_certified_return_that_lists_it(floor: Floor) -> None:
    far = floor.another_bank()
    floor.certify(floor.file([loan(1, borrower_code=FIRM, balance="1000000.00", start_date="2022-05-06")], Q2))
    floor.certify(
        floor.file(
            [
                loan(1, borrower_code=FIRM, balance="400000.00", start_date="2022-05-06"),
                loan(2, borrower_code=FIRM, balance="250000.01", start_date="2022-08-01"),
                loan(3, borrower_code=STRANGER),
            ],
            Q3,
        )
    )
    floor.certify(floor.file([loan(1, borrower_code=FIRM, balance="7.00")], Q3, far), far)
    near_code, far_code = floor.bank.party.code, far.party.code
    shown = loans_shown(floor.db, [FIRM, OTHER, FIRM], keeping=floor.premises.keeping)
    assert sorted(shown) == sorted(
        [
            (near_code, FIRM, "SH0001", date(2022, 5, 6), 100_000_000, "2022Q2"),
            (near_code, FIRM, "SH0002", date(2022, 8, 1), 25_000_001, "2022Q3"),
            (far_code, FIRM, "SH0001", date(2021, 3, 1), 700, "2022Q3"),
        ]
    )


def test_a_return_that_is_not_certified_shows_nothing_and_nobody_asks_for_nobody(floor: Floor) -> None:
    floor.send(floor.file([loan(1, borrower_code=FIRM)], Q3))
    assert loans_shown(floor.db, [FIRM], keeping=floor.premises.keeping) == []
    assert loans_shown(floor.db, [], keeping=floor.premises.keeping) == []


def test_the_matchmaking_is_handed_them_under_its_own_names(app: Flask, floor: Floor) -> None:
    floor.certify(floor.file([loan(1, borrower_code=FIRM, start_date="2022-05-06")], Q2))
    assert app.extensions["settings"].archive_dir == floor.premises.keeping.folder
    assert filed_loans(floor.db, [FIRM]) == [
        LoanSeen(floor.bank.party.code, FIRM, "SH0001", date(2022, 5, 6), 100_000_000, "2022Q2")
    ]
