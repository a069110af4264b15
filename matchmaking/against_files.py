"""A certificate held against the files that it was made from: the digests, and with all of them the whole computation.

The verifier proper shares no code with the matching and knows the certificate alone; what stands here is the other check:
the same files, policy and seed through the same code must give the same certificate.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from matchmaking.canonical import canonical_rows
from matchmaking.market_files.reading import MarketFile, read_market, read_one
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching_policy import matching_policy
from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.week import Terms, match_week

KINDS = ("banks", "products", "requests")
NOT_COMPARED = frozenset({"code_version", "digest"})


@dataclass(frozen=True)
class Against:
    """What was given beside the certificate."""

    files: dict[str, MarketFile]
    book: PolicyBook | None = None

    @property
    def is_complete(self) -> bool:
        """Whether everything is at hand to compute the session again."""
        return self.book is not None and self.files.keys() == set(KINDS)


def _file_findings(paper: dict[str, Any], files: dict[str, MarketFile]) -> Iterator[PaperFinding]:
    for kind, filed in files.items():
        rows = canonical_rows(read_one(kind, filed))[kind]
        if hashlib.sha256(rows).hexdigest() != paper["inputs"].get(kind):
            yield finding("other_files", f"{kind} ({filed.name})")


def _policy(paper: dict[str, Any], book: PolicyBook) -> MatchingPolicy:
    return matching_policy(book, IsoWeek.parse(paper["week"]).monday)


def _again(paper: dict[str, Any], against: Against, book: PolicyBook) -> dict[str, Any]:
    """The certificate made anew."""
    terms = Terms(
        IsoWeek.parse(paper["week"]),
        paper["slots"],
        bytes.fromhex(paper["lottery"]["seed"]),
        paper["rooms"],
        paper["levels_allowed"],
    )
    market = read_market(*(against.files[kind] for kind in KINDS)).market
    plan = match_week(market, policy=_policy(paper, book), terms=terms)
    found: dict[str, Any] = json.loads(plan.certificate)
    return found


def _result_findings(paper: dict[str, Any], against: Against, book: PolicyBook) -> Iterator[PaperFinding]:
    again = _again(paper, against, book)
    different = sorted(
        name for name in paper.keys() | again.keys() if name not in NOT_COMPARED and paper.get(name) != again.get(name)
    )
    if different:
        yield finding("other_result", ", ".join(different))


def verify_against(certificate: bytes, against: Against) -> tuple[PaperFinding, ...]:
    """What does not hold between a sound certificate and the files and policies given.

    Raises `FileRefused` for a file that cannot be read and `PolicySilent` for a policy without the week.
    """
    paper = json.loads(certificate)
    found = list(_file_findings(paper, against.files))
    if against.book is not None and _policy(paper, against.book).digest != paper["policy"]["digest"]:
        found.append(finding("other_policy"))
    if not found and against.book is not None and against.is_complete:
        found += _result_findings(paper, against, against.book)
    return tuple(found)
