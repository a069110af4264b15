"""A second opinion on who pays what, in fractions, written from the closing sentence alone; it shares no code with the service."""

from fractions import Fraction

REGIONS = [
    "410402",
    "410403",
    "410404",
    "410411",
    "410421",
    "410422",
    "410423",
    "410425",
    "410471",
    "410472",
    "410481",
    "410482",
]
FIVE_INNER = {"410402", "410403", "410411", "410471", "410472"}
ALONE = {"city_alone": "city", "province": "province", "central_bank_tool": "central_bank"}
FUNDS = ("employment_fund", "insurance_fund", "compensation_fund")
WAYS = ("closing_sentence", "province_first", "region_alone", *ALONE, *FUNDS)


def cut(amount: int, part: Fraction, *, keeps_the_tie: bool) -> int:
    """The part in whole fen, to the nearest; of a fen that lies exactly between, the side that keeps it has it."""
    sign = -1 if amount < 0 else 1
    exact = abs(amount) * part
    whole, rest = divmod(exact, 1)
    return sign * (int(whole) + (rest > Fraction(1, 2) or (rest == Fraction(1, 2) and keeps_the_tie)))


def local(amount: int, region: str, city: Fraction, owner: str) -> dict[str, int]:
    """Five inner districts share with the city; everywhere else pays all itself."""
    if region not in FIVE_INNER:
        return {region: amount}
    mine = cut(amount, city, keeps_the_tie=owner == "city")
    return {"city": mine, region: amount - mine}


def shares(
    amount: int, region: str, way: str, *, city: Fraction = Fraction(1, 2), owner: str = "city"
) -> dict[str, int]:
    """What each bears of an amount: fen by payer."""
    if way == "closing_sentence":
        return local(amount, region, city, owner)
    if way == "province_first":
        here = cut(amount, Fraction(1, 2), keeps_the_tie=True)
        return {"province": amount - here, **local(here, region, city, owner)}
    if way == "region_alone":
        return {region: amount}
    return {ALONE.get(way, way): amount}
