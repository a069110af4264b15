"""A party's own part of a certificate: true ones hold on many markets, doctored ones do not, and nobody reads a competitor's."""

import hashlib
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from matchmaking.canonical import canonical_json
from matchmaking.certificate.slices import slice_list, slices_of
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.verifier.slice import verify_slice
from matchmaking.week import Terms, match_week
from tests.matchmaking.markets import WEEK, market

POLICY = MatchingPolicy()
Part = dict[str, Any]


def certificate(seed: int, levels: int | None = None) -> bytes:
    rng = random.Random(seed)
    terms = Terms(WEEK, rng.randint(2, 6), rng.randbytes(16), rng.choice([None, None, 2, 4]), levels)
    return match_week(market(rng, rng.randint(5, 30), 4, 60), policy=POLICY, terms=terms).certificate


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("levels", [None, 0])
def test_every_partys_part_holds_and_stands_in_the_list(seed: int, levels: int | None) -> None:
    print(f"seed {seed}")
    paper = certificate(seed, levels)
    whole, listed = json.loads(paper), slice_list(paper)
    parts = slices_of(paper)
    assert len(parts) == len(whole["banks"]) + len(whole["enterprises"])
    for part in parts.values():
        found = verify_slice(part, listed=listed, published_commitment=whole["lottery"]["commitment"])
        assert found == (), [one.text.zh for one in found]
    assert sum(len(json.loads(part)["meetings"]) for part in parts.values()) == 2 * len(whole["timetable"]["meetings"])


def test_a_banks_part_names_no_other_bank_and_a_firms_no_other_firm() -> None:
    paper = certificate(3)
    whole, parts = json.loads(paper), slices_of(paper)
    sides = {"bank": whole["banks"], "enterprise": whole["enterprises"]}
    for (kind, name), part in parts.items():
        others = [one["name"] for one in sides[kind] if one["name"] != name]
        assert not [other for other in others if other in part.decode()]


def test_the_digest_of_a_part_cannot_be_guessed_from_its_content() -> None:
    paper = certificate(3)
    part = json.loads(next(iter(slices_of(paper).values())))
    body = {name: value for name, value in part.items() if name != "digest"}
    assert hashlib.sha256(canonical_json(body)).hexdigest() == part["digest"]
    del body["blind"]
    assert hashlib.sha256(canonical_json(body)).hexdigest() not in slice_list(paper).decode()


def signed(part: Part) -> bytes:
    body = {name: value for name, value in part.items() if name != "digest"}
    return canonical_json(body | {"digest": hashlib.sha256(canonical_json(body)).hexdigest()})


def busy(kind: str) -> Part:
    """A part with several pairs and at least two meetings, from a run without promotion."""
    for seed in range(100):
        for (is_of, _), part in slices_of(certificate(seed, levels=0)).items():
            read: Part = json.loads(part)
            if is_of == kind and len(read["meetings"]) > 1 and len(read["pairs"]) > 2:
                return read
    raise AssertionError("no busy part in a hundred markets")


def _seed(part: Part) -> None:
    part["lottery"]["seed"] = "00" * 16


def _swap_ranks(part: Part) -> None:
    column = 1 if part["kind"] == "enterprise" else 2
    part["pairs"][0][column] = part["pairs"][1][column]


def _same_slot(part: Part) -> None:
    for place in (2, 3):
        part["meetings"][0][place] = part["meetings"][1][place]


def _stranger(part: Part) -> None:
    part["meetings"][0][0] = "0" * 20


def _too_many(part: Part) -> None:
    part["party"]["wants" if part["kind"] == "enterprise" else "seats"] = len(part["meetings"]) - 1


def _off_the_table(part: Part) -> None:
    part["meetings"][0][2] = part["slots"] + 1


def _twice(part: Part) -> None:
    part["meetings"][0][0] = part["meetings"][1][0]


DOCTORED: list[tuple[Callable[[Part], None], set[str]]] = [
    (_seed, {"commitment"}),
    (_swap_ranks, {"enterprise_rank", "bank_rank"}),
    (_same_slot, {"enterprise_clash", "desk_clash"}),
    (_stranger, {"pair_unknown"}),
    (_too_many, {"wants", "seats"}),
    (_off_the_table, {"place_range"}),
    (_twice, {"pair_twice"}),
]


@pytest.mark.parametrize("kind", ["enterprise", "bank"])
@pytest.mark.parametrize(("doctor", "codes"), DOCTORED, ids=[doctor.__name__[1:] for doctor, _ in DOCTORED])
def test_a_doctored_part_is_refused(kind: str, doctor: Callable[[Part], None], codes: set[str]) -> None:
    part = busy(kind)
    assert verify_slice(signed(part)) == ()
    doctor(part)
    assert codes & {one.code for one in verify_slice(signed(part))}
    assert "digest" in {one.code for one in verify_slice(canonical_json(part))}


def test_who_was_passed_over_in_the_first_round_sees_it() -> None:
    firm = busy("enterprise")
    first = next(row[0] for row in firm["meetings"] if row[1] == 1)
    mine = next(row for row in firm["pairs"] if row[0] == first)
    better = next((row for row in firm["pairs"] if row[0] != first), None)
    assert better is not None
    mine[1], better[1] = max(mine[1], better[1]), min(mine[1], better[1])
    better[5] = better[4] - 1  # the preferred bank had a seat left
    assert "passed_over" in {one.code for one in verify_slice(signed(firm))}
    bank = busy("bank")
    best = min(bank["pairs"], key=lambda row: row[2])
    best[4] = "nowhere"  # its first choice went home with nothing, though others sit there
    assert "passed_over" in {one.code for one in verify_slice(signed(bank))}


def test_a_part_of_another_certificate_is_not_in_the_list() -> None:
    part = next(iter(slices_of(certificate(1)).values()))
    assert [one.code for one in verify_slice(part, listed=slice_list(certificate(2)))] == ["not_listed"]
    assert [one.code for one in verify_slice(part, published_commitment="0" * 64)] == ["published_commitment"]
    assert [one.code for one in verify_slice(b"{}")] == ["format_unknown"]
    assert [one.code for one in verify_slice(b"[1")] == ["malformed"]
