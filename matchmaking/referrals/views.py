"""What the pages of referrals show, in words: the inbox by clock, the timeline, the clock itself."""

from collections.abc import Callable, Container, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from flask import url_for

from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.web.formats import short_wan
from kernel.workdays import CalendarUnpublished, WorkCalendar
from matchmaking.referrals.acts import BANK_ACTS
from matchmaking.referrals.clock import STAGES, ClockStanding, deadline
from matchmaking.referrals.models import ReferralMove
from matchmaking.referrals.reading import Clocked, ShownReferral, pauses_of, terms_of
from matchmaking.referrals.reasons import REASONS
from matchmaking.referrals.workflow import ENDED, NEXT_ACT, ON_THE_PATH, STATES

GROUPS = {
    "late": (Text("已逾期", "Overdue"), "stop"),
    "today": (Text("今天到期", "Due today"), "wait"),
    "tomorrow": (Text("下一个工作日到期", "Due next working day"), ""),
    "later": (Text("再往后", "Later"), ""),
    "unknown": (Text("时限算不出", "Clock unknown"), "wait"),
    "paused": (Text("暂停计时", "Clock stopped"), ""),
    "no_clock": (Text("授信以后", "After approval"), ""),
}
FIRST_FEW = 6  # of each group of the inbox, on its first page
ACT_WORDS = {
    "submit": Text("申请提交", "submitted"),
    "deliver": Text("推给银行", "delivered to the bank"),
    "accept": Text("银行受理", "accepted by the bank"),
    "meet": Text("银行和企业面谈过", "bank and enterprise have met"),
    "contact": Text("银行联系了企业", "the bank made contact"),
    "investigate": Text("开始尽职调查", "due diligence began"),
    "approve": Text("银行授信", "approved"),
    "sign": Text("签了合同", "contract signed"),
    "draw": Text("银行报了一笔放款", "a drawdown stated"),
    "refuse": Text("银行没有通过", "declined"),
    "withdraw": Text("撤回了", "withdrawn"),
    "expire": Text("过期了", "expired"),
    "ask_for_papers": Text("银行要补材料，时限停着", "papers asked for; the clock stands"),
    "papers_are_in": Text("材料补齐，时限继续", "papers in; the clock runs"),
    "move_elsewhere": Text("转到另一家银行", "moved to another bank"),
    "confirm_drawdown": Text("企业确认了一笔放款", "a drawdown confirmed"),
    "dispute_drawdown": Text("企业对一笔放款有异议", "a drawdown disputed"),
    "cancel_drawdown": Text("银行撤销了一笔放款", "a drawdown taken back"),
}
STAGE_DONE = {"accept": "answer", "contact": "contact", "approve": "decision", "refuse": "decision"}


def group_of(stands: ClockStanding | None, work: WorkCalendar, today: date) -> str:
    """Under which heading of the inbox a referral stands."""
    if stands is None:
        return "no_clock"
    if stands.deadline is None:
        return "unknown" if stands.is_unknown else "paused"
    if stands.deadline < today:
        return "late"
    if stands.deadline == today:
        return "today"
    return "tomorrow" if stands.deadline <= work.plus(today, 1) else "later"


def _days(count: int) -> str:
    """`1 working day`, `2 working days`: the English half of a clock."""
    return f"{count} working day" if count == 1 else f"{count} working days"


def clock_words(stands: ClockStanding, work: WorkCalendar, today: date) -> Text:
    """`作决定，10-31 止，还剩 2 个工作日`."""
    stage = STAGES[stands.stage]
    if stands.is_unknown:
        return _unknown(stage, stands.deadline)
    if stands.deadline is None:
        return Text(f"{stage.zh}，等企业补材料，不计时", f"{stage.en}: waiting for papers, the clock stands")
    if stands.over:
        return Text(f"{stage.zh}，已逾期 {stands.over} 个工作日", f"{stage.en}: {_days(stands.over)} overdue")
    left = len(work.between(today, stands.deadline)) - 1
    day = stands.deadline.isoformat()[5:]
    return Text(f"{stage.zh}，{day} 止，还剩 {left} 个工作日", f"{stage.en} by {day}, {_days(left)} left")


def _unknown(stage: Text, last: date | None) -> Text:
    """What is known without the calendar of a year that is not published yet."""
    if last is None:
        return Text(
            f"{stage.zh}，放假安排还没公布，时限算不出", f"{stage.en}: unknown until the holiday calendar is published"
        )
    return Text(
        f"{stage.zh}，{last} 到期，已逾期；几个工作日，等放假安排公布才知道",
        f"{stage.en} was due by {last}; by how many working days shows once the holiday calendar is published",
    )


@dataclass(frozen=True)
class Heading:
    """A group of the bank's inbox: how many stand in it, and the numbers of those that are shown, the most pressing first."""

    name: str
    count: int
    first: tuple[int, ...]
    standings: Mapping[int, ClockStanding | None]


def headings(rows: Iterable[Clocked], work: WorkCalendar, today: date, *, whole: str | None = None) -> list[Heading]:
    """The groups of the inbox: each with its first few, or, with `whole`, that one alone with all of them."""
    found: dict[str, list[Clocked]] = {name: [] for name in GROUPS}
    for row in rows:
        found[group_of(row.standing, work, today)].append(row)
    names, most = [whole] if whole else GROUPS, None if whole else FIRST_FEW
    return [_heading(name, found[name], most) for name in names if found[name]]


def _heading(name: str, rows: list[Clocked], most: int | None) -> Heading:
    first = sorted(rows, key=lambda row: (_due(row.standing), row.referral.id))[:most]
    standings = {row.referral.id or 0: row.standing for row in first}
    return Heading(name, len(rows), tuple(standings), standings)


def _due(stands: ClockStanding | None) -> date:
    return stands.deadline if stands is not None and stands.deadline is not None else date.max


def inbox(
    found: Iterable[Heading],
    rows: Iterable[ShownReferral],
    work: WorkCalendar,
    today: date,
    *,
    may_act: bool,
    known: Container[str] = (),
) -> list[dict[str, Any]]:
    """The inbox as its page shows it, one next act on each row; `rows` are those of the headings, `known` the prior clients."""
    ones = {one.id: one for one in rows}
    as_row = partial(_row, work=work, today=today, may_act=may_act, known=known)
    return [_group(one, ones, as_row) for one in found]


def _group(one: Heading, ones: Mapping[int, ShownReferral], as_row: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    label, kind = GROUPS[one.name]
    items = [as_row(ones[number], one.standings[number], one.name) for number in one.first]
    rest = url_for("referrals.index", due=one.name) if len(items) < one.count else None
    return {"label": label, "kind": kind, "count": one.count, "items": items, "url": rest}


def _row(
    one: ShownReferral,
    stands: ClockStanding | None,
    group: str,
    *,
    work: WorkCalendar,
    today: date,
    may_act: bool,
    known: Container[str],
) -> dict[str, Any]:
    url = url_for("referrals.show", referral_id=one.id)
    verb = NEXT_ACT.get(one.state)
    label = Text("看材料", "See the papers") if group == "paused" else BANK_ACTS[verb].label if verb else None
    kind = "main" if group in ("late", "today") else ""
    acts = [(label, f"{url}#act" if group != "paused" else url, kind)] if may_act and label else []
    return {
        "name": one.enterprise.name,
        "url": url,
        "amount": _amount(one, one.enterprise.code in known),
        "cells": one.cells(work, today),
        "words": clock_words(stands, work, today) if stands else STATES[one.state],
        "tone": {"late": "bad", "today": "due"}.get(group, ""),
        "acts": acts,
    }


def _amount(one: ShownReferral, is_client: bool) -> Text:
    """`300 万`, with the green channel where the referral is in it, and whether the bank knows the firm."""
    wan = short_wan(one.request.amount)
    lane = Text("　绿色通道", ", green channel") if one.referral.is_green_channel else Text("", "")
    client = Text("　老客户", ", prior client") if is_client else Text("", "")
    return Text(f"{wan} 万{lane.zh}{client.zh}", f"{wan} × 10,000{lane.en}{client.en}")


def _note(one: ShownReferral, move: ReferralMove, work: WorkCalendar) -> Text:
    """`第 2 日，规定 3 日内` for what the clock measures and can tell, the words on record for the rest."""
    stage = STAGE_DONE.get(move.act)
    if stage is not None and one.referral.delivered_at is not None:
        with suppress(CalendarUnpublished):
            return _measured(one, move, stage, business_day(one.referral.delivered_at), work)
    return Text(move.note, move.note)


def _measured(one: ShownReferral, move: ReferralMove, stage: str, delivered: date, work: WorkCalendar) -> Text:
    terms = terms_of(one.referral)
    pauses, day = pauses_of(one.pauses), business_day(move.made_at)
    used = sum(not any(p.holds(d) for p in pauses) for d in work.between(delivered, day) if d > delivered)
    last = deadline(delivered, stage, terms, pauses, work)
    late = Text("，逾期", ", late") if last is not None and day > last else Text("", "")
    zh, en = (f"；{move.note}", f"; {move.note}") if move.note else ("", "")
    allowed = terms.days(stage)
    return Text(f"第 {used} 日，规定 {allowed} 日内{late.zh}{zh}", f"day {used} of {allowed}{late.en}{en}")


def timeline(one: ShownReferral, work: WorkCalendar) -> list[dict[str, Any]]:
    """What happened, and hollow what is to come."""
    rows: list[dict[str, Any]] = [
        {"date": business_day(m.made_at).isoformat()[5:], "what": ACT_WORDS[m.act], "note": _note(one, m, work), "state": "done"}
        for m in one.moves
    ]  # fmt: skip
    if one.state in ENDED:
        return rows
    place = ON_THE_PATH.index(one.state)
    coming = [state for state in ON_THE_PATH[place + 1 :] if state != "due_diligence"]
    return rows + [{"date": "", "what": STATES[state], "note": None, "state": "coming"} for state in coming]


def waits_for_firm(one: ShownReferral) -> Text | None:
    """What the bank waits for from the firm: papers, or its word on a drawdown; None when it is not the firm's turn."""
    if one.state in ENDED:
        return None
    if one.open_pause is not None:
        return Text("等你补材料", "waits for your papers")
    if any(row.state == "stated" for row in one.drawdowns):
        return Text("等你确认放款", "waits for you to confirm a drawdown")
    return None


def by_turn(rows: Iterable[ShownReferral]) -> list[ShownReferral]:
    """A firm's open referrals: first what waits for the firm, then the newest."""
    return sorted(rows, key=lambda one: (waits_for_firm(one) is None, -one.id))


def cures(one: ShownReferral) -> list[tuple[Text, None, None, None, str]]:
    """What would cure the refusal, as the macro `refusal` takes it."""
    reason = REASONS[one.referral.reason_code or "99"]
    return [(cure, None, None, None, "") for cure in reason.cures]
