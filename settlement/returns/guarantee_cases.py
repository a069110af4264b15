"""The rules of a guarantor's return that need more than one row, its events, the last return or the register of lenders.

`previous` holds the contracts of the last quarter's return, `earlier_events` the events of all earlier ones. A contract's last
day is its end, or the day of its release or compensation if that came first.
"""

# ruff: noqa: S608 (the SQL is put together from the catalogue; codes and days are quoted literals)

from collections.abc import Iterator

from settlement.returns.cases import CHECK_DIGIT, NO_ROWS, REPEATED, UNEQUAL, Case, CaseSetting
from settlement.returns.cells import quoted
from settlement.returns.guarantee_columns import GUARANTEE_COLUMNS
from settlement.returns.guarantee_rules import GUARANTEE_GROUP as GROUP

_TERMS = ("amount", "start_date", "end_date", "fee_income", "extra_fees", "share", "borrower_code")
_SETTLED = ("released_on", "compensated_on")  # once filed they stay
_SAME_EVENT = "(o.contract_id, o.date, o.kind, o.amount) = (e.contract_id, e.date, e.kind, e.amount)"
_HEADINGS = {column.name: column.heading.zh for column in GUARANTEE_COLUMNS}

GUARANTEE_BORROWERS = """
    CREATE OR REPLACE TEMP TABLE borrowers AS
    SELECT borrower_code, min(row) AS row,
           min(borrower_kind) AS borrower_kind_least, max(borrower_kind) AS borrower_kind_most
    FROM checked WHERE borrower_code IS NOT NULL GROUP BY borrower_code;
    CREATE OR REPLACE TEMP VIEW known_contracts AS
    SELECT contract_id, amount, fee_income, start_date, end_date, released_on, compensated_on FROM checked
    UNION ALL
    SELECT contract_id, amount, fee_income, start_date, end_date, released_on, compensated_on FROM previous
    WHERE contract_id NOT IN (SELECT contract_id FROM checked WHERE contract_id IS NOT NULL)"""


def _last_day(of: str) -> str:
    return (
        f"least({of}.end_date, coalesce({of}.released_on, {of}.end_date), coalesce({of}.compensated_on, {of}.end_date))"
    )


def _sum_of(kind: str) -> str:
    """What the events of a kind come to, contract by contract, in this return alone."""
    return f"SELECT contract_id, sum(amount) AS total FROM events WHERE kind = '{kind}' GROUP BY contract_id"


def _over(kind: str, limit: str) -> str:
    """Events of contracts whose events of the kind come to more than the limit, earlier returns included."""
    return f"""
        SELECT e.row, c.{limit}::VARCHAR AS beside
        FROM events AS e JOIN known_contracts AS c USING (contract_id)
        WHERE e.kind = '{kind}' AND c.{limit} < (
            SELECT sum(amount) FROM (SELECT contract_id, kind, amount FROM events
                                     UNION ALL SELECT contract_id, kind, amount FROM earlier_events) AS each
            WHERE each.contract_id = e.contract_id AND each.kind = '{kind}')"""


def _outstanding(setting: CaseSetting) -> Iterator[Case]:
    """The outstanding amount against the last return's and the repayments since; of contracts in force at the quarter's end."""
    first, last = (quoted(day.isoformat()) for day in (setting.quarter.first_day, setting.quarter.last_day))
    source = f"""
        SELECT c.row, c.outstanding, c.start_date >= DATE {first} AND p.contract_id IS NULL AS is_new,
               p.contract_id IS NOT NULL AS is_old, coalesce(p.outstanding, c.amount) AS base, r.total AS repaid
        FROM checked AS c LEFT JOIN previous AS p USING (contract_id)
        LEFT JOIN ({_sum_of("repayment")}) AS r USING (contract_id)
        WHERE {_last_day("c")} > DATE {last}"""
    differs = "CASE WHEN is_new OR is_old THEN outstanding <> base - repaid ELSE outstanding > base - repaid END"
    expected = "(base - repaid)::VARCHAR AS beside"
    yield Case(
        GROUP["outstanding_differs"],
        f"SELECT row, {expected} FROM ({source}) WHERE repaid IS NOT NULL AND {differs}",
        beside_fen=True,
    )
    yield Case(
        GROUP["outstanding_unexplained"],
        f"SELECT row, base::VARCHAR AS beside FROM ({source}) WHERE repaid IS NULL AND (is_new OR is_old) AND outstanding <> base",
        beside_fen=True,
    )


def _days(setting: CaseSetting) -> Iterator[Case]:
    first, last = (quoted(day.isoformat()) for day in (setting.quarter.first_day, setting.quarter.last_day))
    ended = f"SELECT row, {_last_day('c')}::VARCHAR AS beside FROM checked AS c WHERE "
    yield Case(GROUP["outstanding_after_end"], f"{ended} {_last_day('c')} <= DATE {last} AND outstanding > 0")
    yield Case(GROUP["ended_before_quarter"], f"{ended} {_last_day('c')} < DATE {first}")
    late = f"released_on > DATE {last} OR compensated_on > DATE {last}"
    yield Case(GROUP["ends_after_quarter"], f"SELECT row, compensated_on::VARCHAR AS beside FROM checked WHERE {late}")


def _events() -> Iterator[Case]:
    yield Case(
        GROUP["unknown_contract"],
        """SELECT row, '' AS beside FROM events WHERE contract_id IS NOT NULL
           AND contract_id NOT IN (SELECT contract_id FROM known_contracts WHERE contract_id IS NOT NULL)""",
    )
    yield Case(
        GROUP["outside_contract"],
        f"""SELECT e.row, c.start_date::VARCHAR || ' ~ ' || {_last_day("c")}::VARCHAR AS beside
            FROM events AS e JOIN known_contracts AS c USING (contract_id)
            WHERE e.date < c.start_date OR e.date > c.end_date OR (e.kind = 'repayment' AND e.date > {_last_day("c")})""",
    )
    yield Case(GROUP["refunds_over_fee"], _over("fee_refund", "fee_income"), beside_fen=True)
    yield Case(GROUP["repayments_over_amount"], _over("repayment", "amount"), beside_fen=True)
    yield Case(
        GROUP["event_repeated"],
        f"""SELECT row, '' AS beside FROM events AS e
            WHERE row > (SELECT min(row) FROM events AS o WHERE {_SAME_EVENT})
               OR EXISTS (SELECT 1 FROM earlier_events AS o WHERE {_SAME_EVENT})""",
    )


def _beside_the_last(setting: CaseSetting) -> Iterator[Case]:
    before = quoted(setting.quarter.previous.last_day.isoformat())
    yield Case(
        GROUP["contract_vanished"],
        f"""SELECT 0 AS row, {_last_day("p")}::VARCHAR AS beside, contract_id AS value, contract_id AS named,
                   borrower_name AS borrower
            FROM previous AS p WHERE {_last_day("p")} > DATE {before}
            AND contract_id NOT IN (SELECT contract_id FROM checked WHERE contract_id IS NOT NULL)""",
        names=True,
    )
    moved = {name: f"c.{name} <> p.{name}" for name in _TERMS}
    moved |= {name: f"p.{name} IS NOT NULL AND c.{name} IS DISTINCT FROM p.{name}" for name in _SETTLED}
    named = ", ".join(f"CASE WHEN {condition} THEN {quoted(_HEADINGS[name])} END" for name, condition in moved.items())
    yield Case(
        GROUP["terms_changed"],
        f"""SELECT c.row, concat_ws('、', {named}) AS beside FROM checked AS c JOIN previous AS p USING (contract_id)
            WHERE {" OR ".join(f"({condition})" for condition in moved.values())}""",
    )


def _unknown_lender(lenders: frozenset[str]) -> Case:
    known = ", ".join(quoted(code) for code in sorted(lenders)) or "''"
    return Case(GROUP["unknown_lender"], f"SELECT row, '' AS beside FROM checked WHERE lender_code NOT IN ({known})")


def guarantee_cases(setting: CaseSetting) -> Iterator[Case]:
    """Every such rule with its query over `checked`, `events`, `borrowers`, `previous` and `earlier_events`."""
    yield Case(GROUP["duplicate_contract"], REPEATED.format("contract_id"))
    yield Case(GROUP["unequal_borrower_kind"], UNEQUAL.format("borrower_kind"))
    if setting.lenders is not None:
        yield _unknown_lender(setting.lenders)
    yield from _events()
    yield Case(GROUP["check_digit"], CHECK_DIGIT)
    yield Case(GROUP["deposit_taken"], "SELECT row, '' AS beside FROM checked WHERE deposit > 0")
    yield Case(GROUP["no_contracts"], NO_ROWS)
    yield from _outstanding(setting)
    yield from _days(setting)
    if setting.has_previous:
        yield from _beside_the_last(setting)
