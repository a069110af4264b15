"""Random markets for the tests, from a seeded generator."""

import random
from dataclasses import replace
from datetime import date
from decimal import Decimal

from kernel.periods import IsoWeek
from matchmaking.matching.market import Bank, Market, Product, Request
from matchmaking.matching.vocabulary import GUARANTEE_KINDS, PURPOSES, REGIONS, SECTIONS, TAGS

WEEK = IsoWeek(2022, 24)
MONDAY = WEEK.monday
WAN = 1_000_000


def some(rng: random.Random, codes: object, share: float) -> frozenset[str]:
    return frozenset(code for code in codes if rng.random() < share)  # type: ignore[attr-defined]


def product(rng: random.Random, number: int, bank: str) -> Product:
    low = rng.choice([1, 5, 10, 30, 50, 100]) * WAN
    shortest = rng.choice([1, 3, 6, 12])
    rate = Decimal(rng.randrange(330, 800, 5)) / 100
    return Product(
        product_id=f"P{number:04d}",
        institution_code=bank,
        name=f"产品{number}",
        amount_min=low,
        amount_max=low * rng.choice([1, 3, 10, 50]),
        term_min=shortest,
        term_max=shortest + rng.choice([0, 6, 12, 24, 48]),
        rate_min=rate,
        rate_max=rate + 2,
        guarantee_kinds=some(rng, GUARANTEE_KINDS, 0.4) or frozenset({"mortgage"}),
        industries=some(rng, SECTIONS, 0.3) if rng.random() < 0.4 else frozenset(),
        regions=some(rng, REGIONS, 0.4) if rng.random() < 0.4 else frozenset(),
        purposes=some(rng, PURPOSES, 0.5) if rng.random() < 0.3 else frozenset(),
        required_tags=frozenset({rng.choice(list(TAGS))}) if rng.random() < 0.3 else frozenset(),
        promised_days=rng.randint(1, 15),
        valid_from=rng.choice([None, date(2022, 1, 1), MONDAY, date(2022, 6, 14)]),
        valid_to=rng.choice([None, date(2022, 12, 31), MONDAY, date(2022, 6, 12)]),
        quota=rng.choice([None, None, low * 2, low // 2]),
    )


def request(rng: random.Random, number: int, enterprise: int, banks: list[str]) -> Request:
    return Request(
        request_id=f"R{number:04d}",
        enterprise_code=f"E{enterprise:04d}",
        enterprise_name=f"企业{enterprise}",
        amount=rng.randint(1, 300) * WAN,
        term=rng.choice([1, 3, 6, 12, 18, 24, 36, 60]),
        rate_ceiling=Decimal(rng.randrange(380, 700, 5)) / 100,
        guarantee_kinds=some(rng, GUARANTEE_KINDS, 0.5),
        industry=rng.choice([*SECTIONS, "C13", ""]),
        region=rng.choice(list(REGIONS)),
        purpose=rng.choice(list(PURPOSES)),
        tags=some(rng, TAGS, 0.3),
        submitted_at=f"2022-06-{rng.randint(1, 12):02d}",
        meetings_wanted=rng.randint(1, 4),
        preferred_institutions=tuple(rng.sample(banks, rng.choice([0, 0, 1]))),
        vetoed_institutions=frozenset(rng.sample(banks, rng.choice([0, 0, 0, 1]))),
        consented=rng.random() < 0.95,
    )


def market(rng: random.Random, enterprises: int = 30, banks: int = 4, products: int = 30) -> Market:
    codes = [f"B{number:02d}" for number in range(banks)]
    requests = [
        request(rng, 10 * firm + extra, firm, codes)
        for firm in range(enterprises)
        for extra in range(rng.choice([1, 1, 2]))
    ]
    return Market(
        tuple(Bank(code, code, rng.randint(1, 2), rng.choice([None, None, 3])) for code in codes),
        tuple(product(rng, number, rng.choice(codes)) for number in range(products)),
        tuple(requests),
        frozenset((rng.choice(codes), rng.choice(requests).enterprise_code) for _ in range(rng.choice([0, 3]))),
        frozenset((rng.choice(codes), rng.choice(requests).request_id) for _ in range(rng.choice([0, 3]))),
    )


def shuffled(rng: random.Random, one: Market) -> Market:
    banks, products, requests = list(one.banks), list(one.products), list(one.requests)
    for rows in (banks, products, requests):
        rng.shuffle(rows)  # type: ignore[arg-type]
    return replace(one, banks=tuple(banks), products=tuple(products), requests=tuple(requests))
