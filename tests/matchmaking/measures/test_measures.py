"""Every measure against a recomputation from the audit trail alone, and the files and pages that show them."""

import csv
import html
import io
import json
import os
import random
import re
import shutil
import zipfile
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import chinese_calendar
import pypdfium2
import pytest
import python_calamine
from flask import Flask
from sqlmodel import Session, col, select

from config.settings import Settings
from kernel.audit.models import AuditEntry
from kernel.audit.remembering import Remembering
from kernel.clock import SHANGHAI, Clock
from kernel.policies import PolicyBook
from matchmaking.measures import service
from matchmaking.measures.additionality import CLASSES, MetPair, additionality
from matchmaking.measures.definitions import GROUPINGS, MEASURES
from matchmaking.measures.left_open import LeftOpen, left_open
from matchmaking.measures.reading import Span
from matchmaking.referrals import drawing
from matchmaking.referrals import service as referrals
from matchmaking.referrals.asking import Approval
from matchmaking.referrals.filed_loans import LoanSeen
from matchmaking.referrals.reading import ShownReferral
from tests.factories import Robot, Visitor, make_token, username_of
from tests.matchmaking.referrals.city import BOOK, WORK, ReferredTown, days_on, delivered, drew, write

LAST_DAY = 25
DAY = timedelta(days=1)


def lived(db: Session, city: ReferredTown, draw: random.Random) -> None:
    """Something happens to every referral: late and in time, papers, refusals, approvals, drawdowns, disputes, evidence."""
    for number, one in enumerate(city.referrals):
        bank, firm = city.bank_of(one), city.firm_of(one)
        fate = number if number < 5 else draw.randrange(6)
        answered = draw.randrange(1, 7)
        if fate == 0:
            continue
        if fate == 1:
            write(db, referrals.refuse, bank, one.id, code="04", text="担保不够", at=days_on(answered))
            continue
        write(db, referrals.accept, bank, one.id, at=days_on(answered))
        write(db, referrals.contact, bank, one.id, note="电话", at=days_on(answered, 12))
        if draw.random() < 0.6:
            write(db, referrals.ask_for_papers, bank, one.id, papers="电费单", at=days_on(answered, 13))
            if fate == 2:
                continue
            write(db, referrals.papers_are_in, firm, one.id, at=days_on(answered + draw.randrange(0, 6), 16))
        decided = answered + draw.randrange(6, 12)
        amount = draw.randrange(1, 300) * 1_000_000
        granted = Approval(
            amount,
            Decimal(draw.randrange(35_000, 60_000)) / 10_000,
            draw.choice((12, 13, 36)),
            draw.choice(("credit", "surety")),
            deposit=amount // 20 if one.product.deposit_percent and draw.random() < 0.5 else 0,
        )
        write(db, referrals.approve, bank, one.id, granted=granted, at=days_on(decided))
        write(db, referrals.sign, bank, one.id, contract_number=f"HT-{one.id}", at=days_on(decided, 12))
        for part, act in enumerate(("confirm", "dispute", "take_back", "evidence", "both")):
            made = drew(db, bank, one, f"JJ-{one.id}-{part}", granted.amount // 6, on=decided + 1)
            if act == "take_back":
                write(db, drawing.take_back, bank, one.id, made.id, reason="记错", at=days_on(decided + 2))
            if act in ("confirm", "both"):
                write(db, drawing.answer, firm, one.id, made.id, "confirm", at=days_on(decided + 2))
            if act == "dispute":
                write(db, drawing.answer, firm, one.id, made.id, "dispute", dispute="没收到", at=days_on(decided + 2))
            if act in ("evidence", "both"):
                write(db, drawing.note_evidence, made.id, "2022Q4", at=days_on(decided + 3))


def deadline_by_hand(delivered_on: date, allowed: int, waits: list[tuple[date, date | None]]) -> date | None:
    day = delivered_on
    while allowed and day < date(2023, 6, 1):
        day += DAY
        waiting = any(asked < day and (came is None or day <= came) for asked, came in waits)
        if chinese_calendar.is_workday(day) and not waiting:
            allowed -= 1
    return None if allowed else day


class Trail:
    """One referral as the audit trail tells it."""

    def __init__(self) -> None:
        self.facts: dict[str, Any] = {}
        self.days: dict[str, date] = {}
        self.approved: dict[str, Any] = {}
        self.waits: list[list[date | None]] = []
        self.drawn: dict[int, int] = {}
        self.agreed: dict[int, set[str]] = defaultdict(set)

    def take(self, act: str, day: date, detail: dict[str, Any]) -> None:
        if act == "deliver":
            self.facts = detail
        if act == "approve":
            self.approved = detail
        if act == "ask_for_papers":
            self.waits.append([day, None])
        if act == "papers_are_in":
            self.waits[-1][1] = day
        if act == "draw":
            self.drawn[detail["drawdown"]] = detail["amount"]
        if act == "cancel_drawdown":
            del self.drawn[detail["drawdown"]]
        if act in ("confirm_drawdown", "evidence"):
            self.agreed[detail["drawdown"]].add(act)
        self.days.setdefault(act, day)

    def in_time(self, done: date | None, allowed: int, today: date) -> bool | None:
        waits = [(asked, came) for asked, came in self.waits if asked is not None]
        last = deadline_by_hand(self.days["deliver"], allowed, waits)
        if done is not None:
            return last is None or done <= last
        until = self.days.get("withdraw") or self.days.get("expire") or today
        return False if last is not None and until > last else None

    def counted(self, today: date) -> dict[str, tuple[Fraction, int]]:
        decided = self.days.get("approve") or self.days.get("refuse")
        answered = self.days.get("accept") or decided
        amount = self.approved.get("amount", 0)
        is_approved, is_contacted = int(bool(self.approved)), int(bool(self.days.keys() & {"contact", "meet"}))
        both = {"confirm_drawdown", "evidence"}
        disbursed = sum(fen for key, fen in self.drawn.items() if self.agreed[key] == both)
        on_answer = self.in_time(answered, self.facts["answer_days"], today)
        on_decision = self.in_time(decided, self.facts["decision_days"], today)
        rate = Fraction(self.approved.get("rate", "0")) * amount
        days = (decided - self.days["deliver"]).days if decided else 0
        whole = {
            "contact_rate": (is_contacted, 1),
            "approval_rate": (is_approved, is_contacted),
            "disbursement_rate": (disbursed, amount),
            "stated_rate": (sum(self.drawn.values()), amount),
            "answered_in_time": (int(on_answer is True), int(on_answer is not None)),
            "decided_in_time": (int(on_decision is True), int(on_decision is not None)),
            "first_loan_share": (int(bool(is_approved and self.facts["is_first_loan"])), is_approved),
            "long_term_share": (amount if self.approved.get("term", 0) > 12 else 0, amount),
            "green_channel_share": (int(bool(is_approved and self.facts["is_green_channel"])), is_approved),
            "deposit_share": (int(self.approved.get("deposit", 0) > 0), is_approved),
            "unsecured_share": (amount if self.approved.get("guarantee") == "credit" else 0, amount),
            "weighted_rate": (rate, amount),
            "mean_days": (days, int(decided is not None)),
        }
        return {code: (Fraction(top), bottom) for code, (top, bottom) in whole.items()}


def from_the_trail(db: Session) -> list[Trail]:
    trails: dict[str, Trail] = defaultdict(Trail)
    query = select(AuditEntry).where(AuditEntry.subject_kind == "referral").order_by(col(AuditEntry.number))
    for entry in db.exec(query):
        day = entry.at.astimezone(SHANGHAI).date()
        trails[entry.subject_id].take(entry.act.removeprefix("referral."), day, json.loads(entry.detail))
    return [trail for trail in trails.values() if trail.facts]


def summed(trails: list[Trail], today: date) -> dict[str, tuple[Fraction, int]]:
    total = {code: (Fraction(0), 0) for code in MEASURES}
    for trail in trails:
        for code, (top, bottom) in trail.counted(today).items():
            total[code] = (total[code][0] + top, total[code][1] + bottom)
    return total


def test_every_measure_equals_a_recomputation_from_the_audit_trail(db: Session) -> None:
    seed = int(os.environ.get("YINQI_SEED", "0")) or random.SystemRandom().randrange(10**6)
    print("seed", seed)
    city = delivered(db)
    lived(db, city, random.Random(seed))
    db.rollback()
    at = days_on(LAST_DAY)
    trails = from_the_trail(db)
    assert len(trails) == len(city.referrals)
    facts = {"bank": "institution", "county": "region", "week": "week", "theme": "theme"}
    for by in GROUPINGS:
        said = {"span": Span(), "by": by, "book": BOOK, "work": WORK, "at": at}
        found = service.report(db, city.people.organiser, **said, remembering=Remembering())
        assert {c: (v.numerator, v.denominator) for c, v in found.total.items()} == summed(trails, at.date()), seed
        keys = {str(trail.facts[facts[by]]) for trail in trails}
        assert set(found.groups) == keys
        for key in keys:
            mine = [trail for trail in trails if str(trail.facts[facts[by]]) == key]
            shown = {code: (one.numerator, one.denominator) for code, one in found.groups[key].items()}
            assert shown == summed(mine, at.date()), (seed, by, key)


def test_a_bank_counts_itself_and_a_firm_nothing(app: Flask, db: Session) -> None:
    city = delivered(db)
    app.extensions["clock"] = Clock.starting_at(days_on(3))
    robot = Robot(app, make_token(db, city.people.near, "matchmaking:read"))
    answer = robot.get("/measures?by=bank").json
    assert [group["key"] for group in answer["groups"]] == [str(city.people.near.organisation_id)]
    mine = sum(one.referral.institution_id == city.people.near.organisation_id for one in city.referrals)
    contact = next(one for one in answer["total"] if one["code"] == "contact_rate")
    assert (contact["numerator"], contact["denominator"]) == ("0", mine)
    assert Robot(app, make_token(db, city.people.firms[0], "matchmaking:read")).get("/measures").status_code == 403


def check_workbook(content: bytes, count: int) -> None:
    """The city's line is a formula over the groups, and what it shows is their sum."""
    book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    total, groups, words = (book.get_sheet_by_index(number).to_python() for number in range(3))
    assert total[4][:3] == ["对接率", 1, count]
    assert sum(row[2] for row in groups[1:] if row[1] == "对接率") == 1
    assert sum(row[3] for row in groups[1:] if row[1] == "对接率") == count
    assert len(words) == len(MEASURES) + 1
    formulas = formulas_of(content)
    assert formulas["B5"] == f"SUMIFS('明细'!C$2:C${len(groups)},'明细'!B$2:B${len(groups)},A5)"
    assert formulas["E5"] == 'IF(C5=0,"—",B5/C5)'


def formulas_of(content: bytes) -> dict[str, str]:
    """The formulas of the first sheet by cell, out of the file itself."""
    sheet = zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml").decode()
    found = re.findall(r'<c r="([A-Z]+\d+)"[^>]*><f>(.*?)</f>', sheet)
    return {cell: html.unescape(formula) for cell, formula in found}


def test_the_page_and_its_files_show_the_same_fractions(app: Flask, db: Session) -> None:
    city = delivered(db)
    one = city.referrals[0]
    write(db, referrals.accept, city.bank_of(one), one.id, at=days_on(1))
    write(db, referrals.contact, city.bank_of(one), one.id, note="电话", at=days_on(1, 12))
    app.extensions["clock"] = Clock.starting_at(days_on(6))
    bureau = Visitor(app, username_of(db, city.people.organiser))
    count = len(city.referrals)
    for query in ("", "?by=week", "?by=theme&sort=-approval_rate", "?by=county&first=2022-W40&last=2022-W50"):
        page = bureau.get(f"/measures{query}")
        assert page.status_code == 200, query
        assert f"1 ÷ {count}" in page.text
    rows = list(
        csv.DictReader(io.StringIO(bureau.get("/measures/measures.csv").get_data(as_text=True).lstrip("\ufeff")))
    )
    total = next(row for row in rows if row["group"] == "合计" and row["measure"] == "contact_rate")
    assert (total["numerator"], total["denominator"]) == ("1", str(count))
    check_workbook(bureau.get("/measures/bulletin.xlsx?last=2022-W44").data, count)
    paper = pypdfium2.PdfDocument(bureau.get("/measures/bulletin.pdf?last=2022-W44").data)
    assert f"1 ÷ {count}" in "".join(page.get_textpage().get_text_range() for page in paper)
    assert bureau.get("/measures/followed").status_code == 200
    wrong = bureau.get("/measures?first=abc")
    assert (wrong.status_code, 'href="#first">从哪周</a>' in wrong.text) == (422, True)


def test_13710_counts_what_is_open_after_its_month_against_what_may_be(
    tmp_path: Path, app: Flask, db: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = shutil.copytree(Settings().policies_dir, tmp_path / "policies")
    file = folder / "referrals.toml"
    file.write_text(file.read_text().replace('value = "working_days"', 'value = "13710"'))
    quick = PolicyBook.load(folder)
    monkeypatch.setattr("tests.matchmaking.referrals.city.BOOK", quick)
    city = delivered(db)
    refused, waiting = city.referrals[0], city.referrals[1:]
    write(db, referrals.refuse, city.bank_of(refused), refused.id, code="04", text="担保不够", at=days_on(1))
    month, span = delivered_on(refused) + timedelta(days=31), Span()

    def told(today: date) -> LeftOpen | None:
        db.rollback()
        return left_open(db, span, book=quick, work=WORK, today=today)

    assert told(month - timedelta(days=5)) == LeftOpen(0, 0, 0)
    late = told(month + timedelta(days=5))
    assert late == LeftOpen(len(city.referrals), len(waiting), 0)
    assert not late.is_kept
    app.extensions["clock"] = Clock.starting_at(days_on(40))
    bureau = Visitor(app, username_of(db, city.people.organiser))
    assert "13710 到期没办结" in bureau.get("/measures").text
    paper = pypdfium2.PdfDocument(bureau.get("/measures/bulletin.pdf").data)
    assert f"没办结 {len(waiting)} 件" in "".join(page.get_textpage().get_text_range() for page in paper)


def delivered_on(one: ShownReferral) -> date:
    assert one.referral.delivered_at is not None
    return one.referral.delivered_at.date()


def test_loans_are_split_by_how_they_stand_to_the_sessions() -> None:
    day = date(2022, 10, 20)
    pairs = [MetPair("F1", "B1", day, frozenset({"L1"})), MetPair("F2", "B1", day)]
    loans = [
        LoanSeen("B1", "F1", "L1", day + 5 * DAY, 100, "2022Q4"),
        LoanSeen("B1", "F1", "L2", day + 180 * DAY, 10, "2023Q2"),
        LoanSeen("B1", "F1", "L3", day + 181 * DAY, 1, "2023Q2"),
        LoanSeen("B1", "F2", "L4", day - DAY, 1000, "2022Q4"),
        LoanSeen("B1", "F2", "L5", day, 2000, "2022Q4"),
        LoanSeen("B2", "F1", "L6", day + DAY, 5, "2022Q4"),
    ]
    found = {name: (one.loans, one.balance) for name, one in additionality(loans, pairs, 180).items()}
    assert found == {
        "stated": (1, 100),
        "new_customer": (1, 10),
        "old_customer": (1, 2000),
        "other_bank": (1, 5),
        "outside": (2, 1001),
    }
    assert set(found) == set(CLASSES)
