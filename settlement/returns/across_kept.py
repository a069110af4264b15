"""What the returns of a quarter hold against each other, worked out once for the same returns: how many, and the first of them.

A return's rows never change under its digest, so what is kept under the digests of all of them stays right.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from kernel.money import yuan
from kernel.tables.writing import csv_bytes
from settlement.returns.across import LINE_ACROSS, Across, Claim, DoubleClaim, SplitBorrower, across
from settlement.returns.keeping import Keeping
from settlement.returns.kept import Kept, key_of
from settlement.returns.rules import GROUP

SHOWN = 50
VERSION = 1  # of the queries: what an older one kept is worked out anew
HEADER = ("规则", "借款人代码", "借款人名称", "机构代码", "行", "借据号", "授信或余额(元)", "分担比例(%)")

T = TypeVar("T", SplitBorrower, DoubleClaim)


@dataclass(frozen=True)
class Head(Generic[T]):
    """How many there are, and the first SHOWN of them."""

    count: int
    first: tuple[T, ...]


@dataclass(frozen=True)
class AcrossShown:
    """What a page shows of one quarter."""

    split_borrowers: Head[SplitBorrower]
    claimed_twice: Head[DoubleClaim]
    near_twins: Head[DoubleClaim]


def across_shown(keeping: Keeping, digests: Mapping[str, str]) -> AcrossShown:
    """The heads for the returns with these row digests, by institution code; from what is kept where it is there."""
    kept, key = Kept(keeping.kept / "across"), key_of(VERSION, str(LINE_ACROSS), sorted(digests.items()))
    if kept.get(key) is None:
        found = across(tapes_of(keeping, digests))
        kept.put(
            key, {name: _head(getattr(found, name)) for name in ("split_borrowers", "claimed_twice", "near_twins")}
        )
    return _read(kept.get(key))


def tapes_of(keeping: Keeping, digests: Mapping[str, str]) -> dict[str, Path]:
    """The tapes by institution code."""
    return {code: keeping.tape(digest) for code, digest in digests.items()}


def _head(found: Sequence[SplitBorrower | DoubleClaim]) -> dict[str, Any]:
    return {"count": len(found), "first": [{**asdict(one), "rule": one.rule.code} for one in found[:SHOWN]]}


def _read(kept: Mapping[str, Any]) -> AcrossShown:
    return AcrossShown(
        _back(kept["split_borrowers"], _split),
        _back(kept["claimed_twice"], _double),
        _back(kept["near_twins"], _double),
    )


def _back(kept: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> Head[T]:
    return Head(int(kept["count"]), tuple(read(one) for one in kept["first"]))


def _split(kept: dict[str, Any]) -> SplitBorrower:
    lines = tuple((str(code), int(line)) for code, line in kept["lines"])
    return SplitBorrower(kept["borrower_code"], kept["borrower_name"], kept["total"], lines, GROUP[kept["rule"]])


def _double(kept: dict[str, Any]) -> DoubleClaim:
    claims = tuple(Claim(**one) for one in kept["claims"])
    return DoubleClaim(kept["borrower_code"], kept["borrower_name"], claims, GROUP[kept["rule"]])


def as_csv(found: Across) -> bytes:
    """All of it as a file for the bureau: a row for each institution's line or claim."""
    splits = (
        (one.rule.code, one.borrower_code, one.borrower_name, code, "", "", yuan(line), "")
        for one in found.split_borrowers
        for code, line in one.lines
    )
    claims = (
        (
            *(one.rule.code, one.borrower_code, one.borrower_name, claim.institution_code),
            *(str(claim.row), claim.loan_id, yuan(claim.balance), f"{claim.share / 10_000:g}"),
        )
        for one in (*found.claimed_twice, *found.near_twins)
        for claim in one.claims
    )
    return csv_bytes(HEADER, [*splits, *claims])
