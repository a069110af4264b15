"""The part of a certificate that one party gets, and the public list of all parts. `matchmaking.verifier.slice` checks them.

The whole certificate names every candidate pair: a bank that recognises its own firms by the timetable could read where
else they go and how they rank its competitors. So the whole is for the organiser and the auditor; a party gets its own
pairs and meetings with all that is common, and a list of the digests of all parts, which the auditor can make again from
the whole. A blind, made with the whole certificate as its secret, keeps anybody from guessing another part by its digest.

`pairs` of an enterprise: bank, own rank, the bank's rank of it, fit, the bank's seats in round 1, how many it filled, the
rank of the one it would have given up for this enterprise (0 for none). `pairs` of a bank: enterprise, its tier, own rank
of it, fit, where round 1 left it (`here`, `better` with a bank it prefers, `worse` or `nowhere`), its reserves as bits.
`meetings`: other party, round, slot, desk, room.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaking.canonical import Json, canonical_json
from matchmaking.matching.reserves import would_take

SLICE = "yinqi-session-slice/2"
LIST = "yinqi-session-slices/1"
COMMON = ("code_version", "week", "slots", "rooms", "inputs", "policy", "lottery", "coverage")


@dataclass(frozen=True)
class _FirstRound:
    """Where the first round left both sides, by place."""

    ranks: Mapping[tuple[int, int], tuple[int, int]]
    bank_of: Mapping[int, int]
    held: Mapping[int, list[tuple[int, int]]]  # by bank: (its rank, groups) of whom it met, the best first
    seats: list[int]

    def gives_up(self, bank: int, groups: int, reserved: list[int]) -> int:
        """The rank of whom a bank that is full would give up at the last for a member of some groups."""
        held = self.held.get(bank, [])
        masks = [(0, mask) for _, mask in held]
        for place in reversed(range(len(held))):
            if would_take(masks, place, (0, groups), reserved):
                return held[place][0]
        return 0


def _first_round(paper: dict[str, Any]) -> _FirstRound:
    ranks = {(firm, bank): (own, theirs) for firm, bank, own, theirs, _ in paper["edges"]}
    rounds = paper["rounds"]
    pairs = [tuple(pair) for pair in rounds[0]["pairs"]] if rounds else []
    held: dict[int, list[tuple[int, int]]] = {}
    for firm, bank in pairs:
        held.setdefault(bank, []).append((ranks[firm, bank][1], paper["enterprises"][firm]["groups"]))
    for rows in held.values():
        rows.sort()
    seats = rounds[0]["seats"] if rounds else [0] * len(paper["banks"])
    return _FirstRound(ranks, dict(pairs), held, seats)


def _left(first: _FirstRound, firm: int, bank: int) -> str:
    """Where the first round left an enterprise, as one of its banks sees it."""
    met = first.bank_of.get(firm)
    if met is None:
        return "nowhere"
    if met == bank:
        return "here"
    return "better" if first.ranks[firm, met][0] < first.ranks[firm, bank][0] else "worse"


def _pairs(paper: dict[str, Any]) -> dict[tuple[str, int], list[Json]]:
    first, firms, banks = _first_round(paper), paper["enterprises"], paper["banks"]
    found: dict[tuple[str, int], list[Json]] = {}
    last: dict[tuple[int, int], int] = {}
    for firm, bank, own, theirs, fit in paper["edges"]:
        groups = firms[firm]["groups"]
        if (bank, groups) not in last:
            last[bank, groups] = first.gives_up(bank, groups, banks[bank]["reserved"])
        full = [first.seats[bank], len(first.held.get(bank, [])), last[bank, groups]]
        found.setdefault(("enterprise", firm), []).append([banks[bank]["name"], own, theirs, fit, *full])
        row = [firms[firm]["name"], firms[firm]["tier"], theirs, fit, _left(first, firm, bank), groups]
        found.setdefault(("bank", bank), []).append(row)
    return found


def _meetings(paper: dict[str, Any]) -> dict[tuple[str, int], list[Json]]:
    found: dict[tuple[str, int], list[Json]] = {}
    for firm, bank, *at in paper["timetable"]["meetings"]:
        found.setdefault(("enterprise", firm), []).append([paper["banks"][bank]["name"], *at])
        found.setdefault(("bank", bank), []).append([paper["enterprises"][firm]["name"], *at])
    return found


def _signed(body: dict[str, Json]) -> bytes:
    """With its own digest, as canonical JSON with a final line feed."""
    return canonical_json(body | {"digest": hashlib.sha256(canonical_json(body)).hexdigest()}) + b"\n"


def slices_of(certificate: bytes) -> dict[tuple[str, str], bytes]:
    """Every party's part by (`enterprise` or `bank`, pseudonym)."""
    paper = json.loads(certificate)
    pairs, meetings = _pairs(paper), _meetings(paper)
    common = {name: paper[name] for name in COMMON} | {"format": SLICE, "certificate": paper["digest"]}
    common["promotion_levels"] = paper["rounds"][0]["levels_used"] if paper["rounds"] else 0
    found = {}
    for kind, parties in (("enterprise", paper["enterprises"]), ("bank", paper["banks"])):
        for place, party in enumerate(parties):
            blind = hmac.new(certificate, f"{kind}:{party['name']}".encode(), hashlib.sha256).hexdigest()
            own = {"kind": kind, "party": party, "blind": blind}
            own |= {"pairs": pairs.get((kind, place), []), "meetings": meetings.get((kind, place), [])}
            found[kind, party["name"]] = _signed(common | own)
    return found


def slice_list(certificate: bytes) -> bytes:
    """The digests of all parts, sorted, with the digest of the certificate that they come from: for everybody."""
    digests: list[Json] = sorted(json.loads(part)["digest"] for part in slices_of(certificate).values())
    return _signed({"format": LIST, "certificate": json.loads(certificate)["digest"], "slices": digests})
