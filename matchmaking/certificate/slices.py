"""The part of a certificate that one party gets, and the public list of all parts. `matchmaking.verifier.slice` checks them.

The whole certificate names every candidate pair: a bank that recognises its own firms by the timetable could read where
else they go and how they rank its competitors. So the whole is for the organiser and the auditor; a party gets its own
pairs and meetings with all that is common, and a list of the digests of all parts, which the auditor can make again from
the whole. A blind, made with the whole certificate as its secret, keeps anybody from guessing another part by its digest.

`pairs` of an enterprise: bank, own rank, the bank's rank of it, fit, the bank's seats in round 1, how many it filled, the
rank of the last one it took (0 for none). `pairs` of a bank: enterprise, its tier, own rank of it, fit, and where round 1
left it: `here`, `better` (with a bank it prefers), `worse` or `nowhere`. `meetings`: other party, round, slot, desk, room.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from matchmaking.canonical import Json, canonical_json

SLICE = "yinqi-session-slice/1"
LIST = "yinqi-session-slices/1"
COMMON = ("code_version", "week", "slots", "rooms", "inputs", "policy", "lottery", "coverage")


@dataclass(frozen=True)
class _FirstRound:
    """Where the first round left both sides, by place."""

    ranks: Mapping[tuple[int, int], tuple[int, int]]
    bank_of: Mapping[int, int]
    last: Mapping[int, int]
    held: Mapping[int, int]
    seats: list[int]


def _first_round(paper: dict[str, Any]) -> _FirstRound:
    ranks = {(firm, bank): (own, theirs) for firm, bank, own, theirs, _ in paper["edges"]}
    rounds = paper["rounds"]
    pairs = [tuple(pair) for pair in rounds[0]["pairs"]] if rounds else []
    last: dict[int, int] = {}
    held: dict[int, int] = {}
    for firm, bank in pairs:
        last[bank] = max(last.get(bank, 0), ranks[firm, bank][1])
        held[bank] = held.get(bank, 0) + 1
    seats = rounds[0]["seats"] if rounds else [0] * len(paper["banks"])
    return _FirstRound(ranks, dict(pairs), last, held, seats)


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
    for firm, bank, own, theirs, fit in paper["edges"]:
        full = [first.seats[bank], first.held.get(bank, 0), first.last.get(bank, 0)]
        found.setdefault(("enterprise", firm), []).append([banks[bank]["name"], own, theirs, fit, *full])
        row = [firms[firm]["name"], firms[firm]["tier"], theirs, fit, _left(first, firm, bank)]
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
