"""Four weekly sessions through HTTP only, over 国庆 and its make-up Saturday: the scheduler alone opens, closes, matches, publishes,
delivers, concludes and looks again; at the end every measure equals a recomputation from the audit trail alone."""

import io
import json
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

import chinese_calendar
import pytest
from flask import Flask
from sqlmodel import Session, col, select

from kernel.audit.models import AuditEntry
from kernel.clock import SHANGHAI
from kernel.periods import IsoWeek
from matchmaking.measures.definitions import GROUPINGS
from tests.factories import Visitor
from tests.journeys.market_town import MarketTown, TownFirm, moment
from tests.journeys.referral_lives import Agenda, Lives
from tests.matchmaking.measures.test_measures import Trail, from_the_trail, summed
from tests.seeds import is_full, seeded
from tests.settlement.filing_floor import csv_of, loan

TUESDAY = date(2022, 9, 13)  # the day after 中秋
FIRST, SECOND, HOLIDAY, THIRD, FOURTH, FIFTH = (IsoWeek(2022, number) for number in (38, 39, 40, 41, 42, 43))
LAST_DAY = date(2022, 10, 31)
DAY = timedelta(days=1)
SERIES = {
    "name": "全市专场",
    "weekday": 4,
    "starts": "14:00",
    "ends": "17:00",
    "slot_minutes": 15,
    "request_places": 500,
    "open_days": 4,
    "open_at": "09:00",
    "close_days": 1,
    "close_at": "12:00",
    "match_minutes": 30,
    "publish_minutes": 180,
    "weeks_ahead": 1,
}
PRODUCT = {
    "amount_min": "100000.00",
    "amount_max": "5000000.00",
    "term_min": 3,
    "term_max": 36,
    "rate_max": "6.50",
    "guarantee_kinds": ["surety", "credit"],
    "promised_days": 5,
}
ASKED = {"purpose": "working_capital", "term": 12, "rate_ceiling": "5.20", "guarantee_kinds": ["surety"]}
FACT_OF = {"bank": "institution", "county": "region", "week": "week", "theme": "theme"}
HAPPENED = (
    "referral.meet", "referral.refuse", "referral.draw", "referral.cancel_drawdown", "referral.confirm_drawdown", "referral.evidence",
    "referral.ask_for_papers", "referral.papers_are_in", "referral.withdraw", "referral.move_elsewhere", "referral.escalate",
    "meeting.check_in", "meeting.no_show", "session.release", "session.remind",
)  # fmt: skip


class Weeks:
    """The sessions as the people live them."""

    def __init__(self, town: MarketTown, lives: Lives) -> None:
        self.town, self.lives, self.agenda = town, lives, lives.agenda
        self.session_of: dict[IsoWeek, dict[str, Any]] = {}
        self._fresh = iter(town.firms)

    def firms(self, count: int) -> list[TownFirm]:
        """So many firms that have not been here."""
        return [next(self._fresh) for _ in range(count)]

    def find_session(self, week: IsoWeek) -> dict[str, Any]:
        """The week's session, as the scheduler announced it."""
        items = self.town.ask(self.town.bureau, "/sessions?size=100")["items"]
        (found,) = [one for one in items if one["week"] == str(week)]
        self.session_of[week] = found
        return dict(found)

    def open(self, week: IsoWeek, day: date) -> None:
        """Sign-up is open; the banks come with their desks."""
        self.agenda.play(moment(day, 10))
        session = self.find_session(week)
        assert session["state"] == "open", (week, session)
        for bank in self.town.banks:
            self.town.do(bank.system, f"/sessions/{session['id']}/bank", {"desks": 1 if is_full() else 2}, by="PUT")

    def sign_up(self, week: IsoWeek, firms: list[TownFirm], *, meetings: int = 2) -> None:
        """Each firm asks, consents and signs up; its favourite bank is the next in turn."""
        session = self.session_of[week]["id"]
        for number, firm in enumerate(firms):
            request = self.ask(firm, number, meetings)
            self.town.do(firm.system, f"/sessions/{session}/requests/{request}", by="PUT")

    def ask(self, firm: TownFirm, number: int, meetings: int) -> int:
        wan = 50 + 10 * (number % 40)
        favourite = self.town.banks[number % len(self.town.banks)].code
        terms = {"amount": f"{wan}0000.00", "meetings_wanted": meetings, "preferred_institutions": [favourite]}
        made = self.town.do(firm.system, "/requests", ASKED | terms)
        consent = {"audience": "session_banks", "until": "2023-01-31"}
        self.town.do(firm.system, f"/requests/{made['id']}/publication", consent)
        return int(made["id"])

    def publish(self, week: IsoWeek) -> None:
        """Wednesday: closed at noon, matched, out at three, delivered a minute later; the banks read their inboxes."""
        wednesday = week.monday + 2 * DAY
        for hour, minute, state in ((12, 1, "closed"), (12, 31, "matched"), (15, 1, "published")):
            self.agenda.play(moment(wednesday, hour, minute))
            assert self.find_session(week)["state"] == state, week
        self.lives.look()
        self.agenda.play(moment(wednesday, 18, 30))  # the reminder goes out

    def meetings(self, week: IsoWeek) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.town.ask(
            self.town.bureau, f"/sessions/{self.session_of[week]['id']}/meetings"
        )
        return found

    def desks_of(self, week: IsoWeek, code: str) -> set[int]:
        """The desks of a bank at which somebody sits."""
        return {row["desk"] for row in self.meetings(week) if row["institution_code"] == code}

    def hold(self, week: IsoWeek, *, absent: str = "") -> None:
        """Thursday: those of the first slot check in, the banks note what came of it, or that a firm did not come."""
        thursday = week.monday + 3 * DAY
        self.agenda.play(moment(thursday, 13, 45))
        rows = self.meetings(week)
        for row in (one for one in rows if one["slot"] == 1 and one["enterprise_code"] != absent):
            for side in self.sides(row):
                self.town.do(side, f"/meetings/{row['id']}/check-in")
        self.agenda.play(moment(thursday, 17, 10))
        assert self.find_session(week)["state"] == "concluded"
        for row in rows:
            self._say(row, absent)
        self.agenda.play(moment(thursday + DAY, 17, 30))  # the no-show rule is settled

    def sides(self, row: dict[str, Any]) -> tuple[Any, Any]:
        return self.town.bank_of[row["institution_code"]].system, self.town.firm_of[row["enterprise_code"]].system

    def _say(self, row: dict[str, Any], absent: str) -> None:
        bank, firm = self.sides(row)
        path = f"/meetings/{row['id']}"
        if row["enterprise_code"] == absent:
            self.town.do(bank, f"{path}/said", {"took_place": False})
            return
        outcome = self.lives.outcome_for(row["institution_code"], row["enterprise_code"])
        if outcome:
            amount = {"amount": "1000000.00"} if outcome == "intent" else {}
            self.town.do(bank, f"{path}/note", {"outcome": outcome, **amount})
            self.town.do(firm, f"{path}/note", {"outcome": "material_needed", "text": "银行说得很清楚"})

    def call_off(self, week: IsoWeek, who: Any, **asked: Any) -> dict[str, Any]:
        """A late cancellation; the plan is repaired and goes out as a new release."""
        done: dict[str, Any] = self.town.do(who, f"/sessions/{self.session_of[week]['id']}/releases", asked)
        self.agenda.play(self.town.now + timedelta(minutes=2))
        self.lives.learn_what_ended()
        return done


@pytest.fixture
def weeks(app: Flask, db: Session) -> Weeks:
    banks, firms = (40, 430) if is_full() else (4, 26)
    town = MarketTown(app, db, banks=banks, firms=firms, start=moment(TUESDAY, 8))
    agenda = Agenda(town)
    return Weeks(town, Lives(town, agenda, seeded()))


def prepare(weeks: Weeks) -> None:
    """The organiser sets the series up once; every bank offers a product."""
    town = weeks.town
    town.do(town.bureau, "/series", SERIES)
    for number, bank in enumerate(town.banks):
        terms = PRODUCT | {"name": f"小微贷{number + 1}号", "rate_min": f"{3.85 + 0.01 * (number % 40):.2f}"}
        made = town.do(bank.system, "/products", terms)
        town.do(bank.system, f"/products/{made['id']}/moves", {"move": "publish"})
    weeks.agenda.play(moment(TUESDAY, 9, 15))
    day = TUESDAY
    while day < LAST_DAY:
        day += DAY
        if chinese_calendar.is_workday(day):
            weeks.agenda.plan(moment(day, 9, 45), weeks.lives.look)


def test_four_weeks_run_by_the_scheduler_alone(weeks: Weeks, db: Session) -> None:
    prepare(weeks)
    again, absent = first_week(weeks)
    second_week(weeks, again, absent)
    holiday(weeks)
    third_week(weeks, absent)
    fourth_week(weeks)
    weeks.agenda.play(moment(LAST_DAY, 18))
    db.rollback()
    assert_only_the_scheduler_moved_the_sessions(db)
    assert_everything_happened(db)
    assert_every_measure_is_what_the_trail_says(weeks.town, db)


def first_week(weeks: Weeks) -> tuple[TownFirm, TownFirm]:
    """One firm will be refused by everybody, one does not come, one calls off the day before."""
    weeks.open(FIRST, date(2022, 9, 16))
    again, absent, gone = weeks.firms(3)
    weeks.lives.forced |= {again.code: "refuse", absent.code: "absent", gone.code: "called_off"}
    weeks.sign_up(FIRST, [again, gone, *weeks.firms(5)])
    weeks.sign_up(FIRST, [absent], meetings=1)
    weeks.publish(FIRST)
    released = weeks.call_off(FIRST, gone.system, what="everything", reason="老板出差")
    assert released["number"] == 2
    assert gone.code not in {row["enterprise_code"] for row in weeks.meetings(FIRST)}
    weeks.hold(FIRST, absent=absent.code)
    return again, absent


def second_week(weeks: Weeks, again: TownFirm, absent: TownFirm) -> None:
    """Who was refused by everybody comes back by itself, without the refusers; the absent one misses its second meeting."""
    refusers = {one["bank_code"] for one in weeks.town.every(again.system, "/referrals?state=refused")}
    assert len(refusers) == 2
    weeks.open(SECOND, date(2022, 9, 27))
    weeks.lives.forced[again.code] = "grant"
    weeks.sign_up(SECOND, weeks.firms(3))
    weeks.publish(SECOND)
    met = {row["institution_code"] for row in weeks.meetings(SECOND) if row["enterprise_code"] == again.code}
    assert met, "no second look"
    assert not met & refusers
    assert absent.code in {row["enterprise_code"] for row in weeks.meetings(SECOND)}
    weeks.hold(SECOND, absent=absent.code)


def holiday(weeks: Weeks) -> None:
    """No session in the week of 国庆; the return of the third quarter goes in on a make-up Sunday and shows the drawdowns."""
    town = weeks.town
    weeks.agenda.play(moment(date(2022, 10, 8), 18))
    items = town.ask(town.bureau, "/sessions?size=100")["items"]
    assert str(HOLIDAY) not in {one["week"] for one in items}
    weeks.agenda.play(moment(date(2022, 10, 9), 8))
    file_return(weeks)


def file_return(weeks: Weeks) -> None:
    """The loans at 30 September of the bank that had drawn most, filed by its maker and certified by its checker."""
    town = weeks.town
    drawn = [(one, said) for one, said in weeks.lives.drawn if said["drawn_on"] <= "2022-09-30"]
    assert drawn, "nothing was drawn in September"
    ((code, _count),) = Counter(one["bank_code"] for one, _said in drawn).most_common(1)
    bank = town.bank_of[code]
    rows = [
        loan(
            loan_id=said["loan_id"],
            borrower_code=one["enterprise_code"],
            borrower_name=one["enterprise"],
            balance=said["amount"],
            start_date=said["drawn_on"],
        )
        for one, said in drawn
        if one["bank_code"] == code
    ]
    maker, checker = (Visitor(town.app, bank.people[role]) for role in ("maker", "checker"))
    filed = town.do(maker, "/returns/2022Q3", file=(io.BytesIO(csv_of([loan(1), *rows])), "loans.csv"))
    assert filed["state"] == "filed", town.ask(maker, f"/returns/{filed['id']}/errors")
    town.do(maker, f"/returns/{filed['id']}/sent")
    shown = town.ask(checker, f"/returns/{filed['id']}")
    town.do(checker, f"/returns/{filed['id']}/certification", {"row_digest": shown["row_digest"]})


def third_week(weeks: Weeks, absent: TownFirm) -> None:
    """Sign-up opens on the make-up Sunday; the paused firm is refused; a bank takes a desk away after publication."""
    weeks.open(THIRD, date(2022, 10, 9))
    request = weeks.ask(absent, 0, 1)
    refused = weeks.town.tried(absent.system, f"/sessions/{weeks.session_of[THIRD]['id']}/requests/{request}", by="PUT")
    assert (refused.status_code, refused.json["code"]) == (422, "paused_for_no_shows")
    weeks.sign_up(THIRD, weeks.firms(400 if is_full() else 12), meetings=1 if is_full() else 2)
    weeks.publish(THIRD)
    assert len(weeks.meetings(THIRD)) >= (380 if is_full() else 20)
    bank = next(one for one in weeks.town.banks if weeks.desks_of(THIRD, one.code) >= {1})
    assert weeks.call_off(THIRD, bank.system, what="desk", desk=1, reason="客户经理病了")["number"] == 2
    assert 1 not in weeks.desks_of(THIRD, bank.code)
    weeks.hold(THIRD)


def fourth_week(weeks: Weeks) -> None:
    weeks.open(FOURTH, date(2022, 10, 17))
    weeks.sign_up(FOURTH, weeks.firms(3))
    weeks.publish(FOURTH)
    weeks.hold(FOURTH)


def entries(db: Session, kind: str) -> list[AuditEntry]:
    return list(db.exec(select(AuditEntry).where(AuditEntry.subject_kind == kind).order_by(col(AuditEntry.number))))


def assert_only_the_scheduler_moved_the_sessions(db: Session) -> None:
    steps = [one for one in entries(db, "weekly_session") if one.act.removeprefix("session.") in
             ("announce", "open", "close", "match", "publish", "conclude")]  # fmt: skip
    assert {one.account_id for one in steps} == {None}


def assert_everything_happened(db: Session) -> None:
    acts = Counter(db.exec(select(AuditEntry.act)))
    print({act: count for act, count in sorted(acts.items()) if act.startswith(("referral.", "session.", "meeting."))})
    assert not [act for act in HAPPENED if not acts[act]]


def sessions_by_the_trail(db: Session) -> tuple[int, int]:
    """Weeks with a session concluded over weeks that are over and not exempt, from the first session on."""
    week_of: dict[str, str] = {}
    held: set[str] = set()
    for one in entries(db, "weekly_session"):
        if one.act == "session.announce":
            week_of[one.subject_id] = json.loads(one.detail)["week"]
        if one.act == "session.conclude":
            held.add(week_of[one.subject_id])
    week, required = IsoWeek.parse(min(week_of.values())), set()
    while week.monday <= LAST_DAY:
        rests = [week.monday + number * DAY for number in range(5)]
        off = [day for day in rests if chinese_calendar.get_holiday_detail(day)[1] == "National Day"]
        is_over = week.next.monday <= LAST_DAY
        if len(off) < 3 and (is_over or str(week) in held):
            required.add(str(week))
        week = week.next
    return len(held & required), len(required)


def assert_every_measure_is_what_the_trail_says(town: MarketTown, db: Session) -> None:
    trails, today = from_the_trail(db), LAST_DAY
    for by in GROUPINGS:
        shown = town.ask(town.bureau, f"/measures?by={by}")
        assert plain(shown["total"]) == spelled(summed(trails, today))
        groups: dict[str, list[Trail]] = defaultdict(list)
        for trail in trails:
            groups[str(trail.facts[FACT_OF[by]])].append(trail)
        assert {one["key"] for one in shown["groups"]} == set(groups)
        for one in shown["groups"]:
            assert plain(one["measures"]) == spelled(summed(groups[one["key"]], today)), (by, one["key"])
    held, required = sessions_by_the_trail(db)
    assert (shown["sessions_held"], shown["sessions_required"]) == (held, required)
    assert held == required >= 5
    print(
        plain(shown["total"]),
        f"sessions {held}/{required}, referrals {len(trails)}, at {town.now.astimezone(SHANGHAI)}",
    )


def plain(rows: list[dict[str, Any]]) -> dict[str, tuple[str, int]]:
    return {one["code"]: (one["numerator"], one["denominator"]) for one in rows}


def spelled(values: dict[str, tuple[Any, int]]) -> dict[str, tuple[str, int]]:
    return {code: (str(top), bottom) for code, (top, bottom) in values.items()}
