"""The rows of an accepted guarantee return, from its two canonical files to what the fee subsidy takes."""

from pathlib import Path
from typing import Any

import duckdb

from kernel.periods import Quarter
from settlement.fee_subsidy.contracts import Guarantee, GuaranteeEvent, GuaranteeReturn

_CONTRACTS = """
    SELECT contract_id, borrower_code, borrower_name, borrower_kind, region, lender_code, amount, start_date, end_date, fee_income,
           extra_fees, released_on, compensated_on, outstanding, share, deposit, first_loan, batch_product
    FROM read_parquet($tape) ORDER BY contract_id"""
_EVENTS = "SELECT contract_id, date, kind, amount FROM read_parquet($tape) ORDER BY contract_id, date, kind, amount"


def _rows(query: str, tape: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        return connection.execute(query, {"tape": str(tape)}).fetchall()


def read_guarantees(quarter: Quarter, contracts: Path, events: Path, digest: str) -> GuaranteeReturn:
    """One accepted return from its two canonical files; `digest` is that of its rows (`engine.guarantee_tape`)."""
    return GuaranteeReturn(
        quarter,
        tuple(Guarantee(*row) for row in _rows(_CONTRACTS, contracts)),
        tuple(GuaranteeEvent(*row) for row in _rows(_EVENTS, events)),
        digest,
    )
