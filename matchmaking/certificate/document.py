"""The certificate as canonical JSON. `matchmaking.verifier` checks it and shares no code with this module.

Enterprises and banks stand in the order of their pseudonyms and are named by place. Lists of numbers have these columns:
`edges` enterprise, bank, enterprise's rank, bank's rank, fit · `rounds.pairs` enterprise, bank · `rounds.levels`
enterprise, level (levels of 0 left out) · `timetable.meetings` enterprise, bank, round, slot, desk, room.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

import numpy as np

from matchmaking.canonical import Json, canonical_json
from matchmaking.certificate.counts import Member, bank_counts, group_counts, reserve_counts
from matchmaking.matching.assignment import Assignment, MeetingLimits, Round
from matchmaking.matching.columns import Ints
from matchmaking.matching.lottery import commitment
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.matching.preferences import Preferences
from matchmaking.timetable.schedule import Timetable

FORMAT = "yinqi-session-certificate/2"


@dataclass(frozen=True)
class Certified:
    """All that a certificate states."""

    week: str
    slots: int
    rooms: int | None
    policy: MatchingPolicy
    seed: bytes
    salt: bytes
    inputs: Mapping[str, str]
    banks: Sequence[str]  # pseudonyms
    desks: Ints
    members: Sequence[Member]
    lists: Preferences
    fit: Ints
    limits: MeetingLimits
    assignment: Assignment
    timetable: Timetable


def _columns(*columns: Ints) -> Json:
    rows: list[Json] = list(np.stack(columns, axis=1).tolist()) if len(columns[0]) else []
    return rows


def _weights(policy: MatchingPolicy) -> Json:
    weights = policy.weights
    return {
        "rate_top": weights.rate_top,
        "rate": weights.rate,
        "speed_days": weights.speed_days,
        "speed": weights.speed,
        "amount_bands": list(weights.amount_bands),
        "amount_fit": weights.amount_fit,
        "term_bands": list(weights.term_bands),
        "term_fit": weights.term_fit,
        "guarantee": dict(weights.guarantee),
        "tag": weights.tag,
    }


def _round(lists: Preferences, one: Round) -> Json:
    promoted = np.flatnonzero(one.level)
    return {
        "number": one.number,
        "seats": one.seats.tolist(),
        "pairs": _columns(lists.enterprise[one.pairs], lists.bank[one.pairs]),
        "levels": _columns(promoted, one.level[promoted]),
        "levels_used": one.levels_used,
        "blocking_pairs": one.blocking,
        "blocking_pairs_promoted": one.blocking_promoted,
    }


def _timetable(stated: Certified) -> Json:
    table, pairs = stated.timetable, stated.assignment.pairs
    bound = table.bound
    return {
        "bound": bound.slots,
        "used": table.slots_used,
        "witness": {
            "kind": bound.witness.kind,
            "place": bound.witness.place,
            "meetings": bound.witness.meetings,
            "at_once": bound.witness.at_once,
        },
        "meetings": _columns(
            stated.lists.enterprise[pairs],
            stated.lists.bank[pairs],
            stated.assignment.round_of_pair,
            table.slot,
            table.desk,
            table.room,
        ),
    }


def _enterprises(stated: Certified) -> Json:
    return [
        {
            "name": member.name,
            "tier": member.tier,
            "wants": int(wants),
            "county": member.county,
            "size": member.size,
            "first_loan": member.is_first_loan,
            "pool": member.is_pool,
            "groups": member.groups,
        }
        for member, wants in zip(stated.members, stated.limits.wants.tolist(), strict=True)
    ]


def _banks(stated: Certified) -> Json:
    columns = zip(stated.banks, stated.desks.tolist(), stated.limits.seats.tolist(), strict=True)
    reserves = stated.limits.reserves
    return [
        {"name": name, "desks": desks, "seats": seats, "reserved": reserves.of_bank(place) if reserves else []}
        for place, (name, desks, seats) in enumerate(columns)
    ]


def _reserves(policy: MatchingPolicy) -> Json:
    """In their order of precedence; shares in basis points of each bank's seats."""
    return [{"name": one.name, "tags": sorted(one.tags), "share": one.share} for one in policy.reserves]


def _body(stated: Certified) -> dict[str, Json]:
    lists, assignment = stated.lists, stated.assignment
    candidates = np.bincount(lists.enterprise, minlength=lists.enterprises)
    firm, bank = lists.enterprise[assignment.pairs], lists.bank[assignment.pairs]
    meetings = np.bincount(firm, minlength=lists.enterprises)
    return {
        "format": FORMAT,
        "code_version": version("yinqi"),
        "week": stated.week,
        "slots": stated.slots,
        "rooms": stated.rooms,
        "levels_allowed": stated.limits.levels,
        "inputs": dict(stated.inputs),
        "policy": {
            "digest": stated.policy.digest,
            "weights": _weights(stated.policy),
            "tiers": [sorted(tier) for tier in stated.policy.tiers],
            "reserves": _reserves(stated.policy),
            "small_desks": stated.policy.small_desks,
        },
        "lottery": {"commitment": commitment(stated.seed), "seed": stated.seed.hex()},
        "salt_digest": hashlib.sha256(stated.salt).hexdigest(),
        "banks": _banks(stated),
        "enterprises": _enterprises(stated),
        "edges": _columns(lists.enterprise, lists.bank, lists.rank, lists.bank_rank, stated.fit),
        "rounds": [_round(lists, one) for one in assignment.rounds],
        "coverage": {
            "could_meet": int((candidates > 0).sum()),
            "bound": assignment.coverage_bound,
            "met": assignment.coverage,
        },
        "timetable": _timetable(stated),
        "counts": group_counts(stated.members, candidates.tolist(), meetings.tolist()),
        "bank_counts": bank_counts(
            (stated.desks <= stated.policy.small_desks).tolist(),
            np.bincount(lists.bank, minlength=lists.banks).tolist(),
            stated.limits.seats.tolist(),
            np.bincount(bank, minlength=lists.banks).tolist(),
        ),
        "reserve_counts": reserve_counts(
            stated.limits.reserves.seats if stated.limits.reserves else (),
            stated.members,
            candidates.tolist(),
            list(zip(firm.tolist(), bank.tolist(), strict=True)),
        ),
    }


def certificate(stated: Certified) -> bytes:
    """The certificate with its own digest, as canonical JSON with a final line feed."""
    body = _body(stated)
    body["digest"] = hashlib.sha256(canonical_json(body)).hexdigest()
    return canonical_json(body) + b"\n"
