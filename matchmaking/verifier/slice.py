"""A party's own part of a certificate, checked from the file alone, with the public list and the commitment if given.

What a part can show: the draw is the one committed to; the bank's order is tier, fit, ticket; own meetings fit own wishes,
seats and slots; in the first round nobody was passed over who should have come first. What it cannot show (other parties'
meetings, the later rounds, the least number of slots) the auditor checks on the whole certificate.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from matchmaking.verifier.choice import chosen
from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.paper import Malformed, load

SLICE = "yinqi-session-slice/2"
LIST = "yinqi-session-slices/1"

Part = dict[str, Any]


def _holds(document: Part) -> bool:
    body = {name: value for name, value in document.items() if name != "digest"}
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return bool(hashlib.sha256(content.encode()).hexdigest() == document["digest"])


def _digest(part: Part) -> Iterator[PaperFinding]:
    if not _holds(part):
        yield finding("digest")


def _lottery(part: Part) -> Iterator[PaperFinding]:
    if hashlib.sha256(bytes.fromhex(part["lottery"]["seed"])).hexdigest() != part["lottery"]["commitment"]:
        yield finding("commitment")


def _ranks(part: Part) -> Iterator[PaperFinding]:
    """An enterprise's own ranks count from 1; a bank's follow tier, fit and the ticket SHA-256(seed | pseudonym)."""
    name, count = part["party"]["name"], list(range(1, len(part["pairs"]) + 1))
    if part["kind"] == "enterprise":
        if sorted(row[1] for row in part["pairs"]) != count:
            yield finding("enterprise_rank", name)
        return
    seed = bytes.fromhex(part["lottery"]["seed"])
    rows = [
        (tier, -fit, hashlib.sha256(seed + b"|" + firm.encode()).hexdigest(), firm, rank)
        for firm, tier, rank, fit, *_ in part["pairs"]
    ]
    if [row[-1] for row in sorted(rows)] != count:
        yield finding("bank_rank", name)


def _meetings(part: Part) -> Iterator[PaperFinding]:
    rows, party = part["meetings"], part["party"]
    known = {row[0] for row in part["pairs"]}
    met = [row[0] for row in rows]
    for name in met:
        if name not in known:
            yield finding("pair_unknown", name)
    if len(set(met)) < len(met):
        yield finding("pair_twice", part["party"]["name"])
    if len(rows) > party["wants" if part["kind"] == "enterprise" else "seats"]:
        yield finding("wants" if part["kind"] == "enterprise" else "seats", party["name"])
    yield from _places(part)


def _places(part: Part) -> Iterator[PaperFinding]:
    rows, is_firm = part["meetings"], part["kind"] == "enterprise"
    at = Counter(slot if is_firm else (slot, desk) for _, _, slot, desk, _ in rows)
    if any(count > 1 for count in at.values()):
        yield finding("enterprise_clash" if is_firm else "desk_clash", part["party"]["name"])
    for _, _, slot, desk, room in rows:
        most = desk if is_firm else part["party"]["desks"]
        if not (1 <= slot <= part["slots"] and 1 <= desk <= most and room >= 1):
            yield finding("place_range", (slot, desk, room))


def _passed_over(part: Part) -> Iterator[PaperFinding]:
    """Without promotion, nobody who came later in the order may sit where this party should in the first round."""
    if part["promotion_levels"]:
        return
    check = _firm_passed_over if part["kind"] == "enterprise" else _bank_passed_over
    yield from (finding("passed_over", name) for name in check(part))


def _firm_passed_over(part: Part) -> Iterator[str]:
    first = {row[0] for row in part["meetings"] if row[1] == 1}
    mine = min((row[1] for row in part["pairs"] if row[0] in first), default=len(part["pairs"]) + 1)
    for bank, own, theirs, _, seats, held, last in part["pairs"]:
        if own < mine and (held < seats or theirs < last):
            yield bank


def _bank_passed_over(part: Part) -> Iterator[str]:
    order = {place: row[2] for place, row in enumerate(part["pairs"])}
    groups = {place: row[5] for place, row in enumerate(part["pairs"])}
    here = {place for place, row in enumerate(part["pairs"]) if row[4] == "here"}
    is_full, reserved = part["rooms"] is not None or len(here) >= part["party"]["seats"], part["party"]["reserved"]
    for place, (firm, _, _, _, left, _) in enumerate(part["pairs"]):
        if left not in ("worse", "nowhere"):
            continue
        rivals = here | {place}
        kept = chosen(rivals, order=order, levels={}, groups=groups, seats=len(here), reserved=reserved)
        if not is_full or place in kept:
            yield firm


CHECKS: tuple[Callable[[Part], Iterator[PaperFinding]], ...] = (_digest, _lottery, _ranks, _meetings, _passed_over)


def verify_slice(
    content: bytes, *, listed: bytes | None = None, published_commitment: str | None = None
) -> tuple[PaperFinding, ...]:
    """All that does not hold in a party's part; empty if everything does. `listed` is the public list of all parts."""
    try:
        part = load(content)
        if part.get("format") != SLICE:
            return (finding("format_unknown", part.get("format")),)
        found = [one for check in CHECKS for one in check(part)]
        if published_commitment is not None and part["lottery"]["commitment"] != published_commitment.strip().lower():
            found.append(finding("published_commitment"))
        return (*found, *(_not_listed(part, listed) if listed is not None else ()))
    except Malformed as error:
        return (finding("malformed", error),)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        return (finding("malformed", f"{type(error).__name__} {error}"),)


def _not_listed(part: Part, listed: bytes) -> Iterator[PaperFinding]:
    whole = load(listed)
    if whole.get("format") != LIST or not _holds(whole):
        yield finding("list_malformed")
    elif part["digest"] not in whole["slices"] or part["certificate"] != whole["certificate"]:
        yield finding("not_listed")
