"""The canonical guarantee return: what intake writes for an accepted return of a guarantor, and what the fee subsidy reads.

Two Parquet files (zstd), written the same way as the loan tape (see `tape`): one row a contract, sorted by `contract_id`, and
one row an event, sorted by `contract_id`, `date`, `kind`, `amount`; without an events file the second has no rows. Amounts
are whole fen, percentages millionths. A contract runs on [start_date, end_date).

**Digest.** Each file has a row digest as the loan tape has, under its own heading; the digest of the return is the SHA-256 of
`RETURN_HEADING`, the digest of the contracts and the digest of the events, each ended by U+000A.
"""

import hashlib

from settlement.engine.tape import TapeColumn, TapeLayout

CONTRACT_LAYOUT = TapeLayout(
    "yinqi guarantee tape 1",
    (
        TapeColumn("row", "INTEGER"),
        TapeColumn("contract_id", "VARCHAR"),
        TapeColumn("borrower_code", "VARCHAR"),
        TapeColumn("borrower_name", "VARCHAR"),
        TapeColumn("borrower_kind", "VARCHAR"),
        TapeColumn("region", "VARCHAR"),
        TapeColumn("lender_code", "VARCHAR"),
        TapeColumn("amount", "BIGINT"),
        TapeColumn("start_date", "DATE"),
        TapeColumn("end_date", "DATE"),
        TapeColumn("fee_income", "BIGINT"),
        TapeColumn("extra_fees", "BIGINT"),
        TapeColumn("released_on", "DATE", nullable=True),
        TapeColumn("compensated_on", "DATE", nullable=True),
        TapeColumn("outstanding", "BIGINT"),
        TapeColumn("share", "INTEGER"),
        TapeColumn("deposit", "BIGINT"),
        TapeColumn("first_loan", "BOOLEAN"),
        TapeColumn("batch_product", "BOOLEAN"),
    ),
    ("contract_id",),
)

EVENT_LAYOUT = TapeLayout(
    "yinqi guarantee events 1",
    (
        TapeColumn("row", "INTEGER"),
        TapeColumn("contract_id", "VARCHAR"),
        TapeColumn("date", "DATE"),
        TapeColumn("kind", "VARCHAR"),
        TapeColumn("amount", "BIGINT"),
    ),
    ("contract_id", "date", "kind", "amount"),
)

RETURN_HEADING = "yinqi guarantee return 1"


def guarantee_digest(contracts: str, events: str) -> str:
    """The digest of a guarantee return out of the row digests of its two files, in lower-case hexadecimal."""
    return hashlib.sha256(f"{RETURN_HEADING}\n{contracts}\n{events}\n".encode()).hexdigest()
