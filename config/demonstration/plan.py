"""What is fixed whatever the seed: parties, certified balances, segments, products and planted clients, read from the TOML beside."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from kernel.money import FEN_PER_WAN, parse_yuan
from kernel.periods import Quarter
from kernel.regions import REGIONS

FIRST: Final = Quarter(2021, 4)
LAST: Final = Quarter(2023, 2)
QUARTERS: Final = tuple(FIRST.through(LAST))
REGION_CODES: Final = tuple(region.code for region in REGIONS)
SMALL: Final = ("individual_business", "owner", "micro", "small")


@cache
def read(name: str) -> dict[str, Any]:
    """One of the TOML files of this folder."""
    return tomllib.loads((Path(__file__).parent / f"{name}.toml").read_text(encoding="utf-8"))


def fen(text: str) -> int:
    """Fen from yuan written with underscores."""
    return parse_yuan(text.replace("_", ""))


@dataclass(frozen=True)
class Lender:
    """A bank or branch: who it is, whom it lends to, and where its book is steered to."""

    slug: str
    code: str
    prefix: str
    name: str
    kind: str
    region: str
    since: str
    until: str
    successor: str
    parent: str
    mix: Mapping[str, int]
    spread: int
    desks: int
    products: tuple[str, ...]
    lends_in: tuple[str, ...]

    @property
    def is_branch(self) -> bool:
        return self.kind == "branch"

    def files(self, quarter: Quarter) -> bool:
        """Whether it still exists on the quarter's last day, and so files its own return."""
        return not self.until or date.fromisoformat(self.until) > quarter.last_day


@dataclass(frozen=True)
class Guarantor:
    slug: str
    code: str
    prefix: str
    name: str
    kind: str
    region: str
    government_backed: bool


@dataclass(frozen=True)
class Segment:
    """One sort of loan; every one but the first is left out of the reward for one reason."""

    name: str
    per_thousand: int
    lines: Mapping[str, tuple[int, ...]]
    terms: tuple[int, ...]
    rates: tuple[int, int]
    guarantees: Mapping[str, int]
    instalments: int
    known: int
    kinds: Mapping[str, int] = field(default_factory=dict)
    purpose: str = "operating"
    product_kind: str = "loan"
    currency: str = "CNY"


def segments() -> tuple[Segment, ...]:
    plan = read("segments")
    return tuple(_segment(row, plan["ladder"]) for row in plan["segment"])


def _segment(row: Mapping[str, Any], ladder: list[int]) -> Segment:
    lines = {
        kind: tuple(step * FEN_PER_WAN for step in ladder if low <= step <= high)
        for kind, (low, high) in row["lines"].items()
    }
    return Segment(**{**row, "lines": lines, "terms": tuple(row["terms"]), "rates": tuple(row["rates"])})


def certified(slug: str, quarter: Quarter) -> int:
    """The balance that the central bank's branch certifies, in fen."""
    return fen(read("certified")["balances"][slug][str(quarter)])


def returned(slug: str, quarter: Quarter) -> int | None:
    """The eligible balance that a return is planned to show exactly, in fen; None where the seed decides."""
    text = read("certified")["returned"].get(slug, {}).get(str(quarter))
    return None if text is None else fen(text)


def branch_balance(slug: str, quarter: Quarter) -> int:
    """A branch's eligible balance, in fen: it grows by the same sum every quarter."""
    row = read("institutions")["branch_balances"][slug]
    return fen(row["first"]) + QUARTERS.index(quarter) * fen(row["growth"])
