"""A second opinion on the fee subsidy in plain `Fraction`, written from the rule's text alone; it shares no code with the service.

A history is one guarantor: its contracts as plain dicts, each with its repayments and refunds as (day, fen).
"""

import random
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

WAN = 1_000_000
LIMIT = 1000 * WAN
SMALL = ("small", "micro", "individual_business", "owner")
FIRST = date(2022, 1, 1)
History = dict[str, Any]


def nearest(value: Fraction) -> int:
    """Half up; the values here are not below nil."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def _stop(contract: History, known: date) -> date:
    ends = [contract["end"]]
    ends += [contract[name] for name in ("released", "compensated") if contract[name] and contract[name] <= known]
    return min(ends)


def _fee_rate(contract: History, known: date) -> Fraction:
    fee = contract["fee"] - sum(fen for day, fen in contract["refunds"] if day <= known)
    return Fraction(fee * 365, contract["amount"] * (contract["end"] - contract["start"]).days)


def counts(contract: History, history: History, known: date) -> bool:
    days = (contract["end"] - contract["start"]).days
    ceiling = Fraction(1, 100) if history["government_backed"] else Fraction(2, 100)
    plain = (
        contract["start"] >= FIRST
        and _stop(contract, known) > contract["start"]
        and contract["kind"] in SMALL
        and not contract["extra_fees"]
        and contract["amount"] <= LIMIT
        and contract["amount"] * days <= LIMIT * 365
        and _fee_rate(contract, known) <= ceiling
    )
    return plain and _client_within(contract, history, known)


def _client_within(contract: History, history: History, known: date) -> bool:
    """On every day on which some contract of the client begins while this one runs, all of them together keep the limits."""
    mine = [one for one in history["contracts"] if one["client"] == contract["client"] and one["start"] <= known]
    for day in {one["start"] for one in mine}:
        if not contract["start"] <= day < _stop(contract, known):
            continue
        there = [one for one in mine if one["start"] <= day < _stop(one, known)]
        if sum(one["amount"] for one in there) > LIMIT:
            return False
        if sum(Fraction(one["amount"] * (one["end"] - one["start"]).days, 365) for one in there) > LIMIT:
            return False
    return True


def _fen_days(contract: History, until: date) -> int:
    """The whole amount for all days, less what was repaid for the days after; `until` is not in force any more."""
    if until <= contract["start"]:
        return 0
    whole = contract["amount"] * (until - contract["start"]).days
    return whole - sum(fen * max(0, (until - day).days) for day, fen in contract["repayments"])


def _accrued(contract: History, history: History, through: date, known: date) -> Fraction:
    if not counts(contract, history, known):
        return Fraction(0)
    until = min(_stop(contract, known), through + timedelta(days=1))
    if history["formula"] == "flat_prorata":
        until, rate = min(until, contract["start"] + timedelta(days=365)), history["flat_rate"]
    else:
        rate = min(max(Fraction(15, 1000) - _fee_rate(contract, known), Fraction(0)), Fraction(1, 100))
    return Fraction(_fen_days(contract, until), 365) * rate


def _year(history: History, year: int, known: date) -> int:
    """A calendar year by what is known on a day, under the cap."""
    last, before = min(date(year, 12, 31), known), date(year - 1, 12, 31)
    earned: dict[str, int] = {}
    for contract in history["contracts"]:
        if contract["start"] <= known:
            group = contract["client"] if history["formula"] == "flat_prorata" else ""
            grown = nearest(_accrued(contract, history, last, known)) - nearest(
                _accrued(contract, history, before, known)
            )
            earned[group] = earned.get(group, 0) + grown
    return sum(min(history["cap"], each) for each in earned.values())


def dues(history: History, quarter_ends: list[date]) -> list[int]:
    """What each quarter pays, from the first on: all that is due by its end less what was due before."""
    found, before = [], 0
    for known in quarter_ends:
        total = sum(_year(history, year, known) for year in range(2022, known.year + 1))
        found.append(total - before)
        before = total
    return found


def pool_amounts(pool: int, histories: list[History], year: int) -> list[Fraction]:
    """Each guarantor's exact part of a pool."""
    known = date(year, 12, 31)
    weights = []
    for history in histories:
        weight = Fraction(0)
        for one in history["contracts"]:
            if one["start"].year == year and counts(one, history, known):
                rate = _fee_rate(one, known)
                factor = (
                    Fraction(3, 2) if rate <= Fraction(15, 1000) else Fraction(1 if rate <= Fraction(2, 100) else 0)
                )
                weight += Fraction(one["amount"] * (one["end"] - one["start"]).days, 365) * factor
        weights.append(weight)
    total = sum(weights)
    return [pool * weight / total if total else Fraction(0) for weight in weights]


def tier_amount(history: History, year: int) -> int:
    known = date(year, 12, 31)
    new = [one for one in history["contracts"] if one["start"].year == year]
    counted = [one for one in new if counts(one, history, known)]

    def money(contracts: list[History]) -> Fraction:
        return sum(
            (one["amount"] * (Fraction(3, 10) if one["batch"] else Fraction(1)) for one in contracts), Fraction(0)
        )

    if not new:
        return 0
    # the small-firm share is of contracts from the first day that counts on; earlier ones are not new
    share = money([one for one in new if one["kind"] in SMALL]) / money(new)
    rate = Fraction(10 if share < Fraction(8, 10) else 12 if share < Fraction(9, 10) else 13, 1000)
    eligible = money(counted)
    clients: dict[str, int] = {}
    for one in counted:
        clients[one["client"]] = clients.get(one["client"], 0) + one["amount"]
    small = money([one for one in counted if clients[one["client"]] <= 500 * WAN])
    bonus = eligible if eligible and small * 2 >= eligible else Fraction(0)
    if not history["government_backed"]:
        return min(3000 * WAN, nearest(eligible * rate))
    bonus += money([one for one in counted if one["first_loan"]])
    bonus += money([one for one in counted if _fee_rate(one, known) <= Fraction(1, 100)])
    return min(3000 * WAN, nearest(eligible * rate + bonus * Fraction(2, 1000)))


def average_amount(history: History, year: int) -> int:
    known, total = date(year, 12, 31), 0
    for day in (date(year - 1, 12, 31), date(year, 3, 31), date(year, 6, 30), date(year, 9, 30), known):
        for one in history["contracts"]:
            if one["start"] <= day < _stop(one, known) and counts(one, history, known):
                total += one["amount"] - sum(fen for when, fen in one["repayments"] if when <= day)
    return min(500 * WAN, nearest(Fraction(total, 5) / 1000))


# --- drawing histories ---------------------------------------------------------------------------

TERMS = (365, 365, 180, 90, 730, 366, 1)
FEES = (0, 30, 50, 80, 100, 100, 101, 120, 150, 180, 200, 201)


def _some_day(pick: random.Random, since: date, until: date) -> date:
    return since + timedelta(days=pick.randrange(max(1, (until - since).days)))


def _contract(pick: random.Random, number: int) -> History:
    start = _some_day(pick, date(2021, 11, 20), date(2023, 4, 20))
    end = start + timedelta(days=pick.choice(TERMS) if pick.random() < 0.7 else pick.randrange(1, 900))
    amount = (
        pick.choice((LIMIT, LIMIT + 1, LIMIT - 1, 500 * WAN, 1))
        if pick.random() < 0.4
        else pick.randrange(1, 900 * WAN)
    )
    fee = amount * pick.choice(FEES) * (end - start).days // 3_650_000 + pick.choice((0, 0, 0, 1))
    repayments, left = [], amount
    for _ in range(pick.choice((0, 0, 1, 3))):
        part = pick.randrange(0, left + 1)
        repayments.append((_some_day(pick, start, end), part))
        left -= part
    refunds = [(_some_day(pick, start, end), pick.randrange(0, fee + 1))] if pick.random() < 0.3 else []
    return {
        "id": f"C{number}",
        "client": f"ID:{pick.randrange(3)}",
        "kind": pick.choice((*SMALL, *SMALL, "medium", "other")),
        "amount": amount,
        "start": start,
        "end": end,
        "fee": fee,
        "extra_fees": 1 if pick.random() < 0.05 else 0,
        "released": _some_day(pick, start, end) if pick.random() < 0.2 else None,
        "compensated": _some_day(pick, start, end) if pick.random() < 0.1 else None,
        "repayments": repayments,
        "refunds": refunds,
        "first_loan": pick.random() < 0.3,
        "batch": pick.random() < 0.2,
    }


def random_history(pick: random.Random, formula: str, caps: tuple[int, ...]) -> History:
    return {
        "government_backed": pick.random() < 0.5,
        "contracts": [_contract(pick, number) for number in range(pick.randrange(1, 6))],
        "formula": formula,
        "flat_rate": Fraction(5, 1000),
        "cap": pick.choice(caps),
    }
