"""Sessions as pages show them: the steps of a session, grids of desks and slots, what the certificate says."""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kernel.bilingual import Text
from kernel.clock import SHANGHAI
from kernel.web.formats import short_wan
from matchmaking.matching.vocabulary import TAGS
from matchmaking.sessions.models import SessionRun, WeeklySession
from matchmaking.sessions.outcome import MeetingLine, slot_start
from matchmaking.sessions.reading import BankPlace, SessionLine
from matchmaking.sessions.workflow import OUT

SHOWN_TAGS = ("first_loan", "pool", "reached_scale", "little_giant", "specialised")
GONE = Text("企业已退出", "the enterprise has withdrawn")
ORDER = ("announced", "open", "closed", "matched", "published", "concluded")


@dataclass(frozen=True)
class TimelineStep:
    """One step of a session on its time line."""

    at: datetime
    what: Text
    state: str


def steps_of(session: WeeklySession, now: datetime) -> list[TimelineStep]:
    """Every step: done with the moment it was taken, the next one and those to come with the moment announced for them."""
    planned = (
        (session.sign_up_from, session.opened_at, Text("开始报名", "sign-up opens")),
        (session.sign_up_until, session.closed_at, Text("报名截止", "sign-up closes")),
        (session.match_at, session.matched_at, Text("配对排表", "matched and timetabled")),
        (
            session.publish_at,
            session.published_at,
            Text("公布，各方看到自己的场次", "published, each party sees its meetings"),
        ),
    )
    announced = TimelineStep(
        session.announced_at, Text("预告，公布抽签承诺", "announced, lottery committed to"), "done"
    )
    if session.cancelled_at is not None:
        taken = [TimelineStep(at, what, "done") for _, at, what in planned if at is not None]
        return [announced, *taken, TimelineStep(session.cancelled_at, Text("取消", "cancelled"), "done")]
    reached = ORDER.index(session.state)
    steps = [announced]
    for place, (at, taken_at, what) in enumerate(planned, start=1):
        state = _step_state(place, reached)
        steps.append(TimelineStep(taken_at or at if state == "done" else at, what, state))
    begun = "done" if session.state in OUT and now >= session.starts_at else "coming"
    steps.append(TimelineStep(session.starts_at, Text("开场", "the session starts"), begun))
    over = "done" if session.state == "concluded" else "coming"
    return [*steps, TimelineStep(session.concluded_at or session.ends_at, Text("散场", "the session ends"), over)]


def _step_state(place: int, reached: int) -> str:
    if place <= reached:
        return "done"
    return "now" if place == reached + 1 else "coming"


def _clock_words(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%H:%M")


def _tag(line: MeetingLine) -> tuple[Text, str] | None:
    tag = next((tag for tag in SHOWN_TAGS if tag in line.tags), None)
    return (TAGS[tag], "" if tag == "first_loan" else "dai") if tag else None


def _meeting_cell(line: MeetingLine, phase: str) -> dict[str, Any]:
    terms = line.request
    if terms is None or line.enterprise is None or not line.is_open:
        return {"kind": phase, "name": GONE, "note": "", "tag": None}
    note = Text(f"{short_wan(terms.amount)} 万　{terms.term} 个月", f"{short_wan(terms.amount)} × 10k, {terms.term} mo")
    return {"kind": phase, "name": line.enterprise.name, "note": note, "tag": _tag(line)}


def _phase(session: WeeklySession, slot: int, now: datetime) -> str:
    start = slot_start(session, slot)
    if now >= start + timedelta(minutes=session.slot_minutes):
        return "past"
    return "now" if now >= start else ""


def _empty_cells(place: BankPlace, taken: set[tuple[int, int]], slots: int) -> Iterator[tuple[tuple[int, int], str]]:
    """Seats without a meeting: those of desks taken away are closed; the bank's breaks first, dealt in turn, the others are free."""
    breaks = place.place.breaks
    for slot in range(1, slots + 1):
        for desk in range(1, place.place.desks + 1):
            if (slot, desk) in taken:
                continue
            if desk in place.closed:
                yield (slot, desk), "closed"
            else:
                yield (slot, desk), "rest" if breaks > 0 else "free"
                breaks -= 1


@dataclass(frozen=True)
class Grid:
    """Desks × slots of one bank, as the timetable macro takes them."""

    desks: list[dict[str, Any]]
    slots: list[dict[str, Any]]
    held: int
    free: int

    @property
    def seats(self) -> int:
        """Meetings held and seats still free: breaks and desks taken away do not count."""
        return self.held + self.free


def grid_of(session: WeeklySession, place: BankPlace, lines: Sequence[MeetingLine], now: datetime) -> Grid:
    """The timetable of one bank."""
    by_seat = {(line.meeting.slot, line.meeting.desk): line for line in lines}
    empty = dict(_empty_cells(place, set(by_seat), session.slots))
    notes = {desk.number: desk for desk in place.desks}
    numbers = range(1, place.place.desks + 1)
    desks = [
        {
            "name": Text(f"{number} 号席", f"Desk {number}"),
            "topic": notes[number].topic if number in notes else "",
            "who": notes[number].person if number in notes else "",
        }
        for number in numbers
    ]
    slots = [_slot_row(session, slot, numbers, by_seat, empty, now) for slot in range(1, session.slots + 1)]
    return Grid(desks, slots, len(by_seat), sum(kind == "free" for kind in empty.values()))


def _slot_row(
    session: WeeklySession,
    slot: int,
    desks: range,
    by_seat: dict[tuple[int, int], MeetingLine],
    empty: dict[tuple[int, int], str],
    now: datetime,
) -> dict[str, Any]:
    phase = _phase(session, slot, now)
    cells = [
        _meeting_cell(by_seat[slot, desk], phase) if (slot, desk) in by_seat else {"kind": empty[slot, desk]}
        for desk in desks
    ]
    present = _clock_words(now) if phase == "now" else None
    return {"time": _clock_words(slot_start(session, slot)), "now": present, "cells": cells}


@dataclass(frozen=True)
class Proof:
    """What the certificate says, for people."""

    requests: int
    enterprises: int
    could_meet: int
    met: int
    bound: int
    slots_used: int
    fewest: int
    witness: Text
    levels: int
    blocking: int
    seed: str
    commitment: str
    digest: str
    policy_digest: str
    inputs: dict[str, str]
    counts: dict[str, dict[str, dict[str, int]]]


def _witness_name(kind: str, meetings: int, at_once: int, lines: Sequence[MeetingLine], desks: dict[str, int]) -> str:
    """Who attains the bound, found by its figures: the certificate itself names nobody."""
    if kind == "bank":
        held = Counter(line.bank.name for line in lines)
        return next((name for name, count in held.items() if (count, desks.get(name)) == (meetings, at_once)), "")
    held = Counter(line.enterprise.name for line in lines if line.enterprise)
    return next((name for name, count in held.items() if count == meetings), "")


def witness_words(witness: dict[str, Any], lines: Sequence[MeetingLine], desks: dict[str, int]) -> Text:
    """Why fewer slots cannot do."""
    kind, meetings, at_once = witness["kind"], witness["meetings"], witness["at_once"]
    if kind == "none":
        return Text("没有场次", "there are no meetings")
    if kind == "rooms":
        return Text(f"{meetings} 场 ÷ {at_once} 间会议室", f"{meetings} meetings ÷ {at_once} rooms")
    name = _witness_name(kind, meetings, at_once, lines, desks)
    if kind == "bank":
        bank = Text(name or "一家银行", name or "one bank")
        return Text(f"{bank.zh} {meetings} 场 ÷ {at_once} 席", f"{bank.en}: {meetings} meetings ÷ {at_once} desks")
    firm = Text(name or "一家企业", name or "one enterprise")
    return Text(f"{firm.zh}要见 {meetings} 家", f"{firm.en} meets {meetings} banks")


def proof_of(run: SessionRun, line: SessionLine, lines: Sequence[MeetingLine], places: Sequence[BankPlace]) -> Proof:
    """The certificate read back; `lines` and `places` put a name to the witness where the reader may know it."""
    paper = json.loads(run.certificate)
    rounds, table, cover = paper["rounds"], paper["timetable"], paper["coverage"]
    desks = {place.bank.name: place.place.desks for place in places}
    return Proof(
        requests=line.requests,
        enterprises=len(paper["enterprises"]),
        could_meet=cover["could_meet"],
        met=cover["met"],
        bound=cover["bound"],
        slots_used=table["used"],
        fewest=table["bound"],
        witness=witness_words(table["witness"], lines, desks),
        levels=max((one["levels_used"] for one in rounds), default=0),
        blocking=sum(one["blocking_pairs_promoted"] for one in rounds),
        seed=paper["lottery"]["seed"],
        commitment=paper["lottery"]["commitment"],
        digest=paper["digest"],
        policy_digest=run.policy_digest,
        inputs=paper["inputs"],
        counts=paper["counts"],
    )
