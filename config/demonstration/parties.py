"""Who is in the city: banks, guarantors, enterprises."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, Final

from config.demonstration.codes import COMPANY, SHOP, credit_code
from config.demonstration.names import Names
from config.demonstration.plan import REGION_CODES, SMALL, Guarantor, Lender, read
from config.demonstration.streams import percent, stream, weighted
from kernel.money import FEN_PER_WAN

ENTERPRISES: Final = 400
_FIRST_ENTERPRISE = 1001
_REGISTERED_ELSEWHERE = {"玄武精工有限公司": "410482"}


@dataclass(frozen=True)
class CityEnterprise:
    code: str
    name: str
    division: str
    size: str
    staff: int
    revenue: int
    assets: int
    region: str
    tags: tuple[str, ...]
    owner: str = ""

    @property
    def section(self) -> str:
        return self.division[0]

    @property
    def is_small(self) -> bool:
        return self.size in SMALL


def lenders() -> tuple[Lender, ...]:
    rows = read("institutions")["bank"]
    codes = {row["slug"]: credit_code(COMPANY, row["region"], 11 + n) for n, row in enumerate(rows)}
    return tuple(_lender(row, codes) for row in rows)


def _lender(row: Mapping[str, Any], codes: Mapping[str, str]) -> Lender:
    return Lender(
        slug=row["slug"],
        code=codes[row["slug"]],
        prefix=row["prefix"],
        name=row["name"],
        kind=row["kind"],
        region=row["region"],
        since=row.get("since", ""),
        until=row.get("until", ""),
        successor=codes.get(row.get("successor", ""), ""),
        parent=credit_code(COMPANY, "410100", row["parent"]) if "parent" in row else "",
        mix=dict(zip(SMALL, row["mix"], strict=True)),
        spread=row["spread"],
        desks=row["desks"],
        products=tuple(row["products"]),
        lends_in=tuple(row.get("lends_in", REGION_CODES)),
    )


def guarantors() -> tuple[Guarantor, ...]:
    rows = read("institutions")["guarantor"]
    return tuple(
        Guarantor(
            row["slug"],
            credit_code(COMPANY, row["region"], 31 + n),
            row["prefix"],
            row["name"],
            row["kind"],
            row["region"],
            row["government_backed"],
        )
        for n, row in enumerate(rows)
    )


def enterprises(seed: int, scale: int) -> tuple[CityEnterprise, ...]:
    """The known firms, the rest of the cultivation pool, then others up to 400 at scale 1."""
    rng, names = stream(seed, "enterprises"), Names(stream(seed, "enterprise names"))
    found: list[CityEnterprise] = []
    for sketch in _sketches(rng, names, scale):
        found.append(_enterprise(rng, sketch, _FIRST_ENTERPRISE + len(found)))
        if len(found) == ENTERPRISES * scale:
            break
    return tuple(found)


@dataclass(frozen=True)
class _Sketch:
    name: str
    division: str
    size: str
    region: str
    tags: tuple[str, ...]
    owner: str = ""


def _sketches(rng: Random, names: Names, scale: int) -> Iterator[_Sketch]:
    known = read("enterprises")["enterprise"]
    yield from (_Sketch(**{**row, "tags": tuple(row["tags"])}) for row in known)
    for region, least in read("enterprises")["pool"].items():
        already = sum("pool" in row["tags"] and row["region"] == region for row in known)
        for _ in range(least * scale - already):
            yield _sketch(rng, names, region, "small", pool=True)
    while True:
        region = weighted(rng, read("enterprises")["regions"])
        yield _sketch(rng, names, region, weighted(rng, read("enterprises")["sizes"]))


def _sketch(rng: Random, names: Names, region: str, size: str, *, pool: bool = False) -> _Sketch:
    name, division = names.shop() if size == "individual_business" else names.firm(makes_things=pool)
    return _Sketch(name, division, size, region, tuple(_tags(rng, size, division[0], pool=pool)))


def _tags(rng: Random, size: str, section: str, *, pool: bool) -> Iterator[str]:
    chances = read("enterprises")["tags"]
    fits = {
        "specialised": size in ("small", "medium") and section in "CI",
        "reached_scale": size == "small" and not pool,
        "procurement_contract": size in ("micro", "small"),
        "credit_platform": size in SMALL,
        "first_loan": size in ("individual_business", "micro", "small"),
    }
    yield from ["pool"] * pool
    yield from ["individual_business"] * (size == "individual_business")
    yield from ["trade"] * (section in "FH")
    drawn = [tag for tag, fit in fits.items() if fit and rng.randrange(1000) < chances[tag]]
    yield from drawn
    if "specialised" in drawn and percent(rng, 20):
        yield "little_giant"


def _enterprise(rng: Random, sketch: _Sketch, number: int) -> CityEnterprise:
    kind = SHOP if sketch.size == "individual_business" else COMPANY
    staff, revenue = _figures(rng, sketch)
    return CityEnterprise(
        code=credit_code(kind, _REGISTERED_ELSEWHERE.get(sketch.name, sketch.region), number),
        name=sketch.name,
        division=sketch.division,
        size=sketch.size,
        staff=staff,
        revenue=revenue * FEN_PER_WAN,
        assets=revenue * rng.randint(75, 130) * FEN_PER_WAN // 100,
        region=sketch.region,
        tags=sketch.tags,
        owner=sketch.owner,
    )


def _figures(rng: Random, sketch: _Sketch) -> tuple[int, int]:
    """Staff, and revenue in 万元, within the bounds of the size class; a pool firm lies between half the standard and the standard."""
    if sketch.size == "individual_business":
        return rng.randint(1, 8), rng.randint(8, 90)
    bounds = _bounds(sketch.division)[sketch.size]
    staff = rng.randint(*bounds["staff"])
    return staff, rng.randint(1000, 1990) if "pool" in sketch.tags else rng.randint(*bounds["revenue"])


def _bounds(division: str) -> Mapping[str, Any]:
    rows: list[dict[str, Any]] = read("names")["industry"]
    exact = [row for row in rows if row["division"] == division]
    return (exact or [row for row in rows if row["division"][0] == division[0]])[0]
