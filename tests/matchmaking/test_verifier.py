"""The verifier refuses every kind of doctored certificate, even one sealed anew with a fresh digest."""

import ast
import hashlib
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import matchmaking.verifier
from matchmaking.matching.policy import MatchingPolicy
from matchmaking.verifier.check import verify
from matchmaking.week import Terms, match_week
from tests.matchmaking.markets import WEEK, market

Paper = dict[str, Any]
SEED = 15


def sealed(paper: Paper) -> bytes:
    """The certificate with a digest that fits, as a careful forger would write it."""
    body = {name: value for name, value in paper.items() if name != "digest"}
    content = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return json.dumps(body | {"digest": hashlib.sha256(content).hexdigest()}, ensure_ascii=False).encode()


@pytest.fixture(scope="module")
def honest() -> bytes:
    """A crowded session: promotion is needed and several rounds are held."""
    field = market(random.Random(SEED), 40, 5, 150)
    plan = match_week(field, policy=MatchingPolicy(), terms=Terms(WEEK, 4, b"committed seed", rooms=6))
    assert plan.assignment.rounds[0].levels_used > 0
    assert len(plan.assignment.rounds) > 1
    return plan.certificate


def first_pairs(paper: Paper) -> list[list[int]]:
    pairs: list[list[int]] = paper["rounds"][0]["pairs"]
    return pairs


def swap_enterprises(paper: Paper) -> None:
    """Two enterprises of round 1 swap their banks, in the timetable too."""
    candidates = {(firm, bank) for firm, bank, *_ in paper["edges"]}
    pairs = first_pairs(paper)
    one, two = next(
        (a, b)
        for a in pairs
        for b in pairs
        if a[1] != b[1]
        and (a[0], b[1]) in candidates
        and (b[0], a[1]) in candidates
        and not any([a[0], b[1]] in r["pairs"] or [b[0], a[1]] in r["pairs"] for r in paper["rounds"])
    )
    rows = {(row[0], row[1]): row for row in paper["timetable"]["meetings"]}
    rows[one[0], one[1]][0], rows[two[0], two[1]][0] = two[0], one[0]
    one[0], two[0] = two[0], one[0]


def drop_a_pair(paper: Paper) -> None:
    firm, bank = first_pairs(paper).pop()
    paper["timetable"]["meetings"] = [row for row in paper["timetable"]["meetings"] if row[:2] != [firm, bank]]


def add_a_stranger(paper: Paper) -> None:
    candidates = {(firm, bank) for firm, bank, *_ in paper["edges"]}
    pair = next(
        [firm, bank]
        for firm in range(len(paper["enterprises"]))
        for bank in range(len(paper["banks"]))
        if (firm, bank) not in candidates
    )
    first_pairs(paper).append(pair)
    paper["timetable"]["meetings"].append([*pair, 1, 1, 1, 6])


def repeat_a_pair(paper: Paper) -> None:
    paper["rounds"][1]["pairs"].append(first_pairs(paper)[0])


def favour_an_enterprise(paper: Paper) -> None:
    firm = next(place for place, one in enumerate(paper["enterprises"]) if one["tier"] > 0)
    paper["enterprises"][firm]["tier"] = 0


def reorder_a_bank(paper: Paper) -> None:
    bank = paper["edges"][0][1]
    rows = [row for row in paper["edges"] if row[1] == bank]
    rows[0][3], rows[1][3] = rows[1][3], rows[0][3]


def reorder_an_enterprise(paper: Paper) -> None:
    paper["edges"][0][2] = 7


def raise_a_fit(paper: Paper) -> None:
    worst = max(paper["edges"], key=lambda row: row[3])
    worst[4] += 1000


def draw_another_seed(paper: Paper) -> None:
    paper["lottery"]["seed"] = b"another".hex()
    paper["lottery"]["commitment"] = hashlib.sha256(b"another").hexdigest()


def break_the_commitment(paper: Paper) -> None:
    paper["lottery"]["commitment"] = hashlib.sha256(b"another").hexdigest()


def rename_a_party(paper: Paper) -> None:
    paper["enterprises"][0]["name"] = "f" * 20


def add_seats(paper: Paper) -> None:
    paper["banks"][0]["seats"] = paper["banks"][0]["desks"] * paper["slots"] + 1


def open_another_seat(paper: Paper) -> None:
    paper["rounds"][0]["seats"][0] += 1


def hide_a_level(paper: Paper) -> None:
    paper["rounds"][0]["levels"] = []
    paper["rounds"][0]["levels_used"] = 0


def hide_blocking_pairs(paper: Paper) -> None:
    paper["rounds"][0]["blocking_pairs"] += 1


def claim_more_coverage(paper: Paper) -> None:
    paper["coverage"]["met"] += 1


def lower_the_bound(paper: Paper) -> None:
    paper["coverage"]["bound"] -= 1


def clash_an_enterprise(paper: Paper) -> None:
    rows = paper["timetable"]["meetings"]
    one, two = next((a, b) for a in rows for b in rows if a is not b and a[0] == b[0])
    one[3] = two[3]


def clash_a_desk(paper: Paper) -> None:
    rows = paper["timetable"]["meetings"]
    one, two = next((a, b) for a in rows for b in rows if a is not b and a[1] == b[1] and a[3] == b[3])
    one[4] = two[4]


def clash_a_room(paper: Paper) -> None:
    rows = paper["timetable"]["meetings"]
    one, two = next((a, b) for a in rows for b in rows if a is not b and a[3] == b[3])
    one[5] = two[5]


def use_a_desk_that_is_not_there(paper: Paper) -> None:
    row = paper["timetable"]["meetings"][0]
    row[4] = paper["banks"][row[1]]["desks"] + 1


def forget_a_meeting(paper: Paper) -> None:
    paper["timetable"]["meetings"].pop()


def claim_fewer_slots(paper: Paper) -> None:
    paper["timetable"]["bound"] -= 1


def name_another_witness(paper: Paper) -> None:
    paper["timetable"]["witness"] = {"kind": "enterprise", "place": 0, "meetings": 99, "at_once": 1}


def claim_fewer_slots_used(paper: Paper) -> None:
    paper["timetable"]["used"] -= 1


def flatter_a_county(paper: Paper) -> None:
    county = next(iter(paper["counts"]["county"]))
    paper["counts"]["county"][county]["met"] += 1


def move_an_enterprise_to_another_county(paper: Paper) -> None:
    paper["enterprises"][0]["county"] = "outside" if paper["enterprises"][0]["county"] != "outside" else "410402"


def repeat_an_edge(paper: Paper) -> None:
    paper["edges"].append(paper["edges"][0])


def want_fewer_meetings(paper: Paper) -> None:
    firm = paper["rounds"][1]["pairs"][0][0]
    paper["enterprises"][firm]["wants"] = 1


def shrink_the_rooms(paper: Paper) -> None:
    paper["rooms"] = 1


DOCTORINGS: dict[Callable[[Paper], None], str] = {
    swap_enterprises: "pairs",
    drop_a_pair: "pairs",
    add_a_stranger: "pair_unknown",
    repeat_a_pair: "pair_twice",
    favour_an_enterprise: "bank_rank",
    reorder_a_bank: "bank_rank",
    reorder_an_enterprise: "enterprise_rank",
    raise_a_fit: "bank_rank",
    draw_another_seed: "bank_rank",
    break_the_commitment: "commitment",
    rename_a_party: "names",
    add_seats: "sides",
    open_another_seat: "open_seats",
    hide_a_level: "levels",
    hide_blocking_pairs: "blocking",
    claim_more_coverage: "coverage",
    lower_the_bound: "coverage_bound",
    clash_an_enterprise: "enterprise_clash",
    clash_a_desk: "desk_clash",
    clash_a_room: "room_clash",
    use_a_desk_that_is_not_there: "place_range",
    forget_a_meeting: "meetings",
    claim_fewer_slots: "slot_bound",
    name_another_witness: "witness",
    claim_fewer_slots_used: "slots_used",
    flatter_a_county: "counts",
    move_an_enterprise_to_another_county: "counts",
    repeat_an_edge: "edges",
    want_fewer_meetings: "wants",
    shrink_the_rooms: "rooms_cap",
}


def test_an_honest_certificate_holds(honest: bytes) -> None:
    assert verify(honest) == ()
    assert verify(sealed(json.loads(honest))) == ()


@pytest.mark.parametrize(("doctor", "code"), DOCTORINGS.items(), ids=lambda one: getattr(one, "__name__", one))
def test_a_doctored_certificate_is_refused_by_name(honest: bytes, doctor: Callable[[Paper], None], code: str) -> None:
    paper = json.loads(honest)
    doctor(paper)
    found = verify(sealed(paper))
    assert code in {one.code for one in found}
    assert all(one.text.zh and one.text.en for one in found)


def test_a_certificate_with_another_seed_than_the_one_committed_to_is_found(honest: bytes) -> None:
    published = json.loads(honest)["lottery"]["commitment"]
    assert verify(honest, published) == ()
    assert [one.code for one in verify(honest, "0" * 64)] == ["published_commitment"]


def test_an_edit_that_is_not_sealed_anew_breaks_the_digest(honest: bytes) -> None:
    paper = json.loads(honest)
    paper["week"] = "2022-W25"
    assert [one.code for one in verify(json.dumps(paper).encode())] == ["digest"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "malformed"),
        (b"[1]", "malformed"),
        (b"{}", "format_unknown"),
        (b'{"format":"yinqi-session-certificate/1"}', "malformed"),
        (b'{"format":"x","format":"yinqi-session-certificate/1"}', "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"\xff\xfe", "malformed"),
    ],
)
def test_what_is_no_certificate_is_malformed_and_never_a_crash(content: bytes, code: str) -> None:
    assert [one.code for one in verify(content)] == [code]


def test_random_damage_is_always_found_and_never_a_crash(honest: bytes) -> None:
    rng = random.Random(SEED)
    print(f"seed {SEED}")

    def places(node: object, path: tuple[object, ...] = ()) -> list[tuple[object, ...]]:
        inner = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
        return [path, *(place for key, one in inner for place in places(one, (*path, key)))]

    every = [path for path in places(json.loads(honest)) if path and path[0] != "digest"]
    for path in rng.sample(every, 150):
        paper = json.loads(honest)
        node = paper
        for key in path[:-1]:
            node = node[key]
        harm = rng.choice([None, "x", [], {}, True, 1.5, -1, 10**9])
        if node[path[-1]] == harm:
            continue
        node[path[-1]] = harm
        assert verify(json.dumps(paper).encode())
        verify(sealed(paper))


def test_the_verifier_shares_no_code_with_what_it_checks() -> None:
    folder = Path(str(matchmaking.verifier.__file__)).parent
    imported: set[str] = set()
    for path in folder.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
            elif isinstance(node, ast.Import):
                imported.update(alias.name for alias in node.names)
    ours = {name for name in imported if name.startswith(("matchmaking", "kernel", "settlement", "config"))}
    assert {name for name in ours if not name.startswith("matchmaking.verifier")} == {"kernel.bilingual"}
