"""What the returns of a quarter hold against each other, worked out once for the same returns: how many, and the first of them.

A return's rows never change under its digest, so what is kept under the digests of all of them stays right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from kernel.money import yuan
from kernel.tables.writing import csv_bytes
from settlement.returns.across import LINE_ACROSS, PARTS, Claim, DoubleClaim, SplitBorrower, across_part
from settlement.returns.keeping import Keeping
from settlement.returns.kept import Kept, key_of
from settlement.returns.rules import GROUP
from settlement.unfinished import IsTimeUp, NotFinished, never_up

SHOWN = 50
HEAD, LINES = "head", "lines"
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


def across_shown(keeping: Keeping, digests: Mapping[str, str], *, is_time_up: IsTimeUp = never_up) -> AcrossShown:
    """The heads for the returns with these row digests, by institution code; from what is kept where it is there.

    Raises `NotFinished` when the time is up before all is known.
    """
    split, twice, twins = _known(keeping, digests, HEAD, is_time_up)
    return AcrossShown(_back(split, _split), _back(twice, _double), _back(twins, _double))


def across_lines(
    keeping: Keeping, digests: Mapping[str, str], *, is_time_up: IsTimeUp = never_up
) -> list[Sequence[str]]:
    """All of it as rows of a file, a row for each institution's line or claim; likewise kept."""
    return [line for part in _known(keeping, digests, LINES, is_time_up) for line in part["lines"]]


def _known(keeping: Keeping, digests: Mapping[str, str], what: str, is_time_up: IsTimeUp) -> list[Mapping[str, Any]]:
    """The heads or the lines of every part; those that are not kept are worked out while there is time."""
    kept, found = Kept(keeping.kept / "across"), list[Mapping[str, Any]]()
    for name in PARTS:
        known = kept.get(_key(name, what, digests))
        if known is None and is_time_up():
            raise NotFinished(len(found), len(PARTS))
        found.append(known if known is not None else _worked_out(kept, keeping, digests, name)[what])
    return found


def _worked_out(kept: Kept, keeping: Keeping, digests: Mapping[str, str], name: str) -> dict[str, Mapping[str, Any]]:
    """One part, kept as its head and as its lines."""
    part = across_part(name, tapes_of(keeping, digests))
    said: dict[str, Mapping[str, Any]] = {HEAD: _head(part), LINES: {"lines": list(_lines(part))}}
    for what, content in said.items():
        kept.put(_key(name, what, digests), content)
    return said


def _key(name: str, what: str, digests: Mapping[str, str]) -> str:
    return key_of(VERSION, str(LINE_ACROSS), name, what, sorted(digests.items()))


def tapes_of(keeping: Keeping, digests: Mapping[str, str]) -> dict[str, Path]:
    """The tapes by institution code."""
    return {code: keeping.tape(digest) for code, digest in digests.items()}


def _head(found: Sequence[SplitBorrower | DoubleClaim]) -> dict[str, Any]:
    return {"count": len(found), "first": [{**asdict(one), "rule": one.rule.code} for one in found[:SHOWN]]}


def _back(kept: Mapping[str, Any], read: Callable[[dict[str, Any]], T]) -> Head[T]:
    return Head(int(kept["count"]), tuple(read(one) for one in kept["first"]))


def _split(kept: dict[str, Any]) -> SplitBorrower:
    lines = tuple((str(code), int(line)) for code, line in kept["lines"])
    return SplitBorrower(kept["borrower_code"], kept["borrower_name"], kept["total"], lines, GROUP[kept["rule"]])


def _double(kept: dict[str, Any]) -> DoubleClaim:
    claims = tuple(Claim(**one) for one in kept["claims"])
    return DoubleClaim(kept["borrower_code"], kept["borrower_name"], claims, GROUP[kept["rule"]])


def _lines(part: Sequence[SplitBorrower | DoubleClaim]) -> Iterator[Sequence[str]]:
    for one in part:
        said = (one.rule.code, one.borrower_code, one.borrower_name)
        if isinstance(one, SplitBorrower):
            yield from ((*said, code, "", "", yuan(line), "") for code, line in one.lines)
        else:
            yield from ((*said, *_claim_cells(claim)) for claim in one.claims)


def _claim_cells(claim: Claim) -> Sequence[str]:
    share = f"{claim.share / 10_000:g}"
    return claim.institution_code, str(claim.row), claim.loan_id, yuan(claim.balance), share


def as_csv(lines: Iterable[Sequence[str]]) -> bytes:
    """The rows as a file for the bureau."""
    return csv_bytes(HEADER, lines)
