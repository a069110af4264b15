"""The alerts of a quarter, bank by bank, from the certified returns of its end and of the quarter before."""

from collections.abc import Iterable
from dataclasses import dataclass

import duckdb
from sqlmodel import Session

from kernel.money import yuan
from kernel.parties.models import Party
from kernel.parties.service import institutions
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.tables.writing import csv_bytes
from settlement.returns.cells import quoted
from settlement.returns.keeping import Keeping
from settlement.returns.loans_shown import certified_loan_returns
from settlement.returns.workshop import workshop
from settlement.squeezes.kept import KeptAlerts, key_of
from settlement.squeezes.rule import KINDS, LoanAtQuarterEnd, Squeeze, SqueezeRule, squeezes
from settlement.unfinished import IsTimeUp, NotFinished, never_up

_QUERY = """
    SELECT loan_id, borrower_code, borrower_name, credit_line, balance, maturity_date, classification, renews
    FROM read_parquet({0}) ORDER BY loan_id"""
HEADER = (
    *("机构代码", "机构名称", "提示", "借款人代码", "借款人名称"),
    *("借据号", "到期日", "原来(元)", "现在(元)", "压降(元)"),
)


@dataclass(frozen=True)
class BankAlerts:
    """The alerts of one bank, `count` in all; `missing` names the quarter whose certified return is not there."""

    bank: Party
    alerts: tuple[Squeeze, ...]
    count: int
    missing: Quarter | None = None

    @property
    def cut(self) -> int:
        """What was cut in all loans, in fen; lines are not money paid back and do not count."""
        return sum(one.cut for one in self.alerts if one.kind != "line_cut")


def alerts_of(
    db: Session,
    quarter: Quarter,
    *,
    keeping: Keeping,
    book: PolicyBook,
    most: int | None = None,
    bank: str | None = None,
    is_time_up: IsTimeUp = never_up,
) -> list[BankAlerts]:
    """Every bank with a certified return at either quarter end (or `bank` alone, by its code), with its largest alerts.

    They come by code; `most` is how many of each (None: all). Two returns are compared once; what was found is kept beside them.
    Raises `NotFinished` when the time is up before every bank is known.
    """
    digests = {(code, at): digest for code, at, digest in certified_loan_returns(db)}
    ends = (quarter.previous, quarter)
    codes = sorted({code for code, at in digests if at in {str(end) for end in ends} and bank in (None, code)})
    banks = {party.code: party for party, _ in institutions(db)}
    rule = SqueezeRule.on(book, quarter.last_day)
    found: list[BankAlerts] = []
    for code in codes:
        known = _of_bank(banks[code], keeping, ends, digests, rule, most, is_time_up)
        if known is None:
            raise NotFinished(len(found), len(codes))
        found.append(known)
    return found


def _of_bank(
    bank: Party,
    keeping: Keeping,
    ends: tuple[Quarter, Quarter],
    digests: dict[tuple[str, str], str],
    rule: SqueezeRule,
    most: int | None,
    is_time_up: IsTimeUp,
) -> BankAlerts | None:
    """One bank's alerts; None where they are not known and the time is up."""
    missing = next((end for end in ends if (bank.code, str(end)) not in digests), None)
    if missing is not None:
        return BankAlerts(bank, (), 0, missing)
    pair, day = [digests[bank.code, str(end)] for end in ends], ends[1].last_day
    kept, key = KeptAlerts(keeping.kept / "squeezes"), key_of(pair[0], pair[1], day, rule)
    found = kept.get(key, most)
    if found is None and is_time_up():
        return None
    if found is None:
        with workshop() as (connection, _):
            former, later = (_loans(connection, keeping, digest) for digest in pair)
        alerts = squeezes(former, later, later_day=day, rule=rule)
        kept.put(key, alerts)
        found = len(alerts), alerts[:most]
    return BankAlerts(bank, found[1], found[0])


def _loans(connection: duckdb.DuckDBPyConnection, keeping: Keeping, digest: str) -> Iterable[LoanAtQuarterEnd]:
    path = quoted(str(keeping.tape(digest)))
    rows = connection.execute(_QUERY.format(path)).fetchall()
    return [
        LoanAtQuarterEnd(loan_id, code, name, int(line), int(balance), maturity, kind, renews)
        for loan_id, code, name, line, balance, maturity, kind, renews in rows
    ]


def as_csv(found: Iterable[BankAlerts]) -> bytes:
    """The alerts as a file for the bureau."""
    rows = (
        (
            *(one.bank.code, one.bank.name, KINDS[alert.kind].zh, alert.borrower_code, alert.borrower_name),
            *(alert.loan_id or "", alert.maturity.isoformat() if alert.maturity else ""),
            *(yuan(alert.before), yuan(alert.after), yuan(alert.cut)),
        )
        for one in found
        for alert in one.alerts
    )
    return csv_bytes(HEADER, rows)
