"""A second opinion in plain `int`, written from the notice alone; it shares no code with the service."""

import random
from typing import Any

WAN = 1_000_000
INNER = {"410402", "410403", "410411", "410471", "410472"}
HUGE = 2**53


def goes_to(loan: dict[str, Any]) -> str:
    if loan["currency"] != "CNY":
        return "currency"
    if loan["product_kind"] != "loan":
        return "product_kind"
    if loan["borrower_kind"] not in ("small", "micro", "individual_business", "owner"):
        return "borrower_kind"
    if loan["borrower_kind"] in ("individual_business", "owner") and loan["purpose"] == "consumption":
        return "purpose"
    return "credit_line" if loan["credit_line"] > 1000 * WAN else "eligible"


def split(loans: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for loan in loans:
        count, balance = found.get(goes_to(loan), (0, 0))
        found[goes_to(loan)] = (count + 1, balance + loan["balance"])
    return found


def one_percent(growth: int) -> int:
    """1 % to the fen, half up; nothing for a fall."""
    return (growth + 50) // 100 if growth > 0 else 0


def rewards(balances: list[int]) -> list[tuple[int, int, int]]:
    """Six quarters' rewards after the base date: against the last quarter end, the highest so far, the year to date."""
    found = []
    year_reference = balances[0]
    for quarter in range(1, len(balances)):
        now = balances[quarter]
        if quarter == 5:
            year_reference = balances[4]
        to_date = one_percent(now - year_reference)
        year_reference = max(year_reference, now)
        found.append((one_percent(now - balances[quarter - 1]), one_percent(now - max(balances[:quarter])), to_date))
    return found


def shares(amount: int, region: str) -> dict[str, int]:
    return {"city": amount - amount // 2, region: amount // 2} if region in INNER else {region: amount}


def _loan(pick: random.Random) -> dict[str, Any]:
    near_limit = 1000 * WAN + pick.choice((-1, 0, 1, -WAN, WAN))
    large = HUGE + pick.randrange(-3, 4) if pick.random() < 0.3 else pick.randrange(0, 10**17)
    return {
        "currency": "CNY" if pick.random() < 0.9 else pick.choice(("USD", "HKD")),
        "product_kind": "loan"
        if pick.random() < 0.8
        else pick.choice(("bill_discount", "card_overdraft", "purchased")),
        "borrower_kind": pick.choice(("small", "micro", "individual_business", "owner", "medium", "large", "other")),
        "purpose": pick.choice(("operating", "operating", "consumption")),
        "region": pick.choice(("410402", "410422", "outside")),
        "classification": pick.choice(("normal", "loss")),
        "credit_line": near_limit if pick.random() < 0.5 else pick.randrange(0, 4000 * WAN),
        "balance": pick.choice((0, 1, large, pick.randrange(0, 2000 * WAN))),
    }


def random_return(pick: random.Random, before: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Up to eight loans; half the time the growth over the return before ends in 49, 50 or 51 fen: a near tie of 1 %."""
    loans = [_loan(pick) for _ in range(pick.randrange(0, 8))]
    if pick.random() < 0.5:
        growth = split(loans).get("eligible", (0, 0))[1] - split(before).get("eligible", (0, 0))[1]
        wanted = (pick.choice((49, 50, 51)) - growth) % 100
        plain = {"currency": "CNY", "product_kind": "loan", "borrower_kind": "micro", "purpose": "operating"}
        loans.append(
            {**plain, "region": "410402", "classification": "normal", "credit_line": 5 * WAN, "balance": wanted}
        )
    return loans


def random_series(pick: random.Random) -> list[list[dict[str, Any]]]:
    """Seven quarter ends of one institution."""
    series: list[list[dict[str, Any]]] = [random_return(pick, [])]
    for _ in range(6):
        series.append(random_return(pick, series[-1]))
    return series
