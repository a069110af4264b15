"""A week's session through HTTP only: two banks offer, firms ask and sign up, the bureau matches, each sees its own, anyone verifies."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session

from config.cli import cli
from config.settings import Settings
from kernel.periods import IsoWeek
from kernel.web.edge import clock
from matchmaking.sessions.form_schemas import local
from matchmaking.sessions.frame import template
from tests.factories import Visitor, apart, make_bureau, make_enterprise, make_institution, make_person, make_token

pytestmark = pytest.mark.both_databases

PRODUCT = {
    "name": "小微保证贷",
    "amount_min": "100000.00",
    "amount_max": "5000000.00",
    "term_min": 3,
    "term_max": 24,
    "rate_min": "3.85",
    "rate_max": "4.65",
    "guarantee_kinds": ["surety"],
    "promised_days": 5,
}
RESULTS = ("ranking.csv", "meetings.csv", "unmatched.csv", "certificate.json")


class Caller:
    """A system of an organisation that speaks to the API with its token."""

    def __init__(self, app: Flask, token: str) -> None:
        self._client: FlaskClient = app.test_client()
        self._headers = {"Authorization": f"Bearer {token}"}

    def send(self, method: str, path: str, expected: int = 200, **body: Any) -> Any:
        options = {"json": body} if body else {}
        answer = apart(self._client.open, f"/api/v1{path}", method=method, headers=self._headers, **options)
        assert answer.status_code == expected, answer.text
        return answer.json if answer.is_json else answer.data


@pytest.fixture
def today(app: Flask) -> date:
    with app.app_context():
        return clock().today()


def bank(app: Flask, db: Session, name: str) -> Caller:
    manager = make_person(db, make_institution(db, name), "product_manager")
    return Caller(app, make_token(db, manager, "matchmaking:read", "matchmaking:write"))


def firm(app: Flask, db: Session, name: str, username: str) -> Visitor:
    make_person(db, make_enterprise(db, name), "owner", username)
    return Visitor(app, username)


def offered(lender: Caller, **changes: Any) -> None:
    made = lender.send("POST", "/products", 201, **PRODUCT | changes)
    lender.send("POST", f"/products/{made['id']}/moves", move="publish")


def asked(owner: Visitor, consent_until: date, **changes: Any) -> str:
    """Fill in the form, look at who could lend, consent; the request's number."""
    owner.get("/find/new")
    form = {"amount": "300", "amount_unit": "wan", "term": "12", "rate_ceiling": "4.80", "purpose": "working_capital"}
    saved = owner.post("/find/new", **form | {"guarantee_kinds": ["surety"], "meetings_wanted": "3"} | changes)
    assert saved.status_code == 302, saved.text
    number = saved.location.rpartition("/")[2]
    owner.get(f"/find/{number}/publish")
    done = owner.post(f"/find/{number}/publish", audience="session_banks", until=consent_until.isoformat())
    assert done.location == f"/requests/{number}"
    return number


def announced(bureau: Visitor, week: IsoWeek) -> str:
    frame = template(week)
    bureau.get("/sessions/new")
    moments = ("starts_at", "ends_at", "sign_up_from", "sign_up_until", "match_at", "publish_at")
    form = {"week": str(week), "theme": "全市专场", "slot_minutes": "15", "request_places": "50"}
    made = bureau.post("/sessions/new", **form | {name: local(getattr(frame, name)) for name in moments})
    assert made.status_code == 302, made.text
    return made.location.rpartition("/")[2]


def moved(bureau: Visitor, session: str, verb: str) -> None:
    assert "为什么提前" in bureau.get(f"/sessions/{session}/moves/{verb}").text
    assert bureau.post(f"/sessions/{session}/moves/{verb}", reason="这一周提前办").status_code == 302


def test_a_week_from_offers_to_meetings_that_anyone_can_verify(
    app: Flask, db: Session, today: date, tmp_path: Path
) -> None:
    near, far = bank(app, db, "沙河农村商业银行"), bank(app, db, "应河城市商业银行")
    offered(near)
    offered(far, name="惠企周转贷", rate_min="4.05", rate_max="4.80")
    firms = [firm(app, db, name, f"owner{n}") for n, name in enumerate(("恒润铸造", "清源环保", "李记粮油"))]
    make_person(db, make_bureau(db, "市金融工作局"), "organiser", "jinrong")
    bureau = Visitor(app, "jinrong")

    week = IsoWeek.containing(today).next.next  # from a Friday on, sign-up for next week would be in time
    session = announced(bureau, week)
    moved(bureau, session, "open")
    near.send("PUT", f"/sessions/{session}/bank", desks=2, breaks=1)
    far.send("PUT", f"/sessions/{session}/bank", desks=1)
    until = week.monday + timedelta(days=30)
    numbers = [asked(firms[0], until), asked(firms[1], until)]
    numbers.append(asked(firms[2], until, guarantee_kinds=["pledge"]))
    for owner, number in zip(firms, numbers, strict=True):
        owner.get(f"/requests/{number}")
        assert owner.post(f"/sessions/{session}/join", request_id=number).status_code == 302
    assert near.send("GET", f"/sessions/{session}/requests") == []
    moved(bureau, session, "close")
    assert len(near.send("GET", f"/sessions/{session}/requests")) == 3
    moved(bureau, session, "match")
    assert near.send("GET", f"/sessions/{session}/meetings") == []
    moved(bureau, session, "publish")

    meetings = near.send("GET", f"/sessions/{session}/meetings")
    assert {one["enterprise_name"] for one in meetings} == {"恒润铸造", "清源环保"}
    assert {one["institution_name"] for one in meetings} == {"沙河农村商业银行"}
    mine = firms[0].get(f"/sessions/{session}").text
    assert "你要见 2 家银行" in mine
    assert "利率 3.85% 起，比上限低 0.95 个百分点" in mine
    assert "清源环保" not in mine
    lonely = firms[2].get(f"/sessions/{session}").text
    assert "这一场没约上" in lonely
    assert "增加“保证”担保，再开放 2 个产品" in lonely
    _verified(bureau, firms[0], session, week, tmp_path)


def _verified(bureau: Visitor, anyone: Visitor, session: str, week: IsoWeek, folder: Path) -> None:
    paper, part, parts = (folder / name for name in ("certificate.json", "slice.json", "slices.json"))
    for path in (part, parts):
        path.write_bytes(anyone.get(f"/sessions/{session}/files/{path.name}").data)
    assert anyone.get(f"/sessions/{session}/files/certificate.json").status_code == 403
    shown = anyone.get(f"/sessions/{session}/verify").text
    commitment = re.search(r"--commitment ([0-9a-f]{64})", shown)
    assert commitment is not None
    command = ["verify", "slice", str(part), "--slices", str(parts), "--commitment", commitment[1]]
    run = CliRunner().invoke(cli, command)
    assert (run.exit_code, run.stderr) == (0, ""), run.output

    files = ("banks.csv", "products.csv", "requests.csv", *RESULTS)
    for name in files:
        (folder / name).write_bytes(bureau.get(f"/sessions/{session}/files/{name}").data)
    command = ["verify", "session", str(paper), "--slices", str(parts), "--commitment", commitment[1]]
    for kind in ("banks", "products", "requests"):
        command += [f"--{kind}", str(folder / f"{kind}.csv")]
    run = CliRunner().invoke(cli, [*command, "--policies", str(Settings().policies_dir)])
    assert (run.exit_code, run.stderr) == (0, ""), run.output
    seed = re.search(rb'"seed":"([0-9a-f]{64})"', paper.read_bytes())
    assert seed is not None
    command = ["match", "--week", str(week), "--slots", "12", "--seed", seed[1].decode()]
    for kind in ("banks", "products", "requests"):
        command += [f"--{kind}", str(folder / f"{kind}.csv")]
    run = CliRunner().invoke(cli, [*command, "--out", str(folder / "again")])
    assert run.exit_code == 0, run.output
    for name in RESULTS:
        assert (folder / "again" / name).read_bytes() == (folder / name).read_bytes(), name


def test_the_form_says_what_to_mend_and_keeps_what_was_typed(app: Flask, db: Session) -> None:
    owner = firm(app, db, "恒润铸造", "owner0")
    owner.get("/find/new")
    answer = owner.post("/find/new", amount="三百", amount_unit="wan", term="0", rate_ceiling="4.80", purpose="other")
    assert answer.status_code == 422
    assert "还有 3 处要改" in answer.text
    assert 'value="三百"' in answer.text
    assert "至少" in answer.text or "必填" in answer.text


def test_a_near_miss_is_ticked_recomputed_and_published_with(app: Flask, db: Session, today: date) -> None:
    lender = bank(app, db, "沙河农村商业银行")
    offered(lender)
    offered(lender, name="贵一点", rate_min="4.95", rate_max="6.00")
    owner = firm(app, db, "恒润铸造", "owner0")
    owner.get("/find/new")
    form = {"amount": "3000000", "term": "12", "rate_ceiling": "4.80", "purpose": "working_capital"}
    number = owner.post("/find/new", **form | {"guarantee_kinds": ["surety"]}).location.rpartition("/")[2]
    plain = owner.get(f"/find/{number}").text
    assert "利率放到 4.95%" in plain
    assert "一年最多多付 4,500 元" in plain
    ticked = owner.get(f"/find/{number}?rate_ceiling=15").text
    assert "勾了 1 项" in ticked
    assert "按 4.95% 发布申请" in ticked
    owner.get(f"/find/{number}/publish?rate_ceiling=15")
    until = (today + timedelta(days=60)).isoformat()
    owner.post(f"/find/{number}/publish", audience="matched_banks", until=until, rate_ceiling="15")
    shown = owner.get(f"/requests/{number}").text
    assert "4.95%" in shown
    assert "第 2 版" in shown
    assert "只给约上面谈的银行" in shown
