"""What firms, banks and organisers find on their pages: only what works, who will see them, and a next act."""

import re
from datetime import timedelta

from flask import Flask
from sqlmodel import Session

from config.settings import Settings
from kernel.clock import Clock
from kernel.policies import PolicyBook
from matchmaking.sessions import running
from matchmaking.sessions.frame import template
from tests.factories import Visitor, username_of
from tests.matchmaking.people import (
    KEY,
    NOW,
    WEEK,
    ask,
    bank,
    draft,
    firm,
    join_bank,
    join_request,
    offer,
    organiser,
    party_code,
    session,
    step,
)

BOOK = PolicyBook.load(Settings().policies_dir)


def visit(app: Flask, db: Session, person: object) -> Visitor:
    app.extensions["clock"] = Clock.starting_at(NOW)
    return Visitor(app, username_of(db, person))  # type: ignore[arg-type]


def test_a_request_in_a_closed_session_offers_no_withdrawal_and_says_why(app: Flask, db: Session) -> None:
    by, owner = organiser(db), firm(db)
    made = session(db, by)
    filed = ask(db, owner)
    join_request(db, owner, made, filed.id)
    mine = visit(app, db, owner)
    assert f"/requests/{filed.id}/withdraw" in mine.get(f"/requests/{filed.id}").text
    step(db, by, made, "close")
    page = mine.get(f"/requests/{filed.id}").text
    assert f"/requests/{filed.id}/withdraw" not in page
    assert f"/requests/{filed.id}/revoke" in page
    assert "公布以前不能撤回申请" in page
    assert mine.get(f"/requests/{filed.id}/withdraw").status_code == 302
    running.match(db, made.id or 0, book=BOOK, key=KEY, by=by.actor, at=NOW)
    step(db, by, made, "publish")
    assert f"/requests/{filed.id}/withdraw" in mine.get(f"/requests/{filed.id}").text


def test_consent_is_asked_with_nothing_chosen_and_names_the_banks_of_each_choice(app: Flask, db: Session) -> None:
    near, far, vetoed, owner = bank(db), bank(db, "应河城市商业银行"), bank(db, "昆阳农村商业银行"), firm(db)
    offer(db, near)
    offer(db, vetoed)
    made = session(db, organiser(db))
    for lender in (far, vetoed):
        join_bank(db, lender, made, desks=1)
    filed = draft(db, owner, vetoed_institutions=(party_code(db, vetoed),))
    mine = visit(app, db, owner)
    page = mine.get(f"/find/{filed.id}/publish").text
    radios = re.findall(r'<input[^>]*name="audience"[^>]*>', page)
    assert len(radios) == 3
    assert not [radio for radio in radios if "checked" in radio]
    assert "第 43 周现在报名的 1 家</summary>应河城市商业银行。" in page
    assert "从合得上的 1 家里最多约 3 家：沙河农村商业银行。" in page
    assert "推荐给现在合得上的 1 家银行" in page
    assert "昆阳农村商业银行" not in page
    refused = mine.post(f"/find/{filed.id}/publish", until="2022-12-31")
    assert refused.status_code == 422
    done = mine.post(f"/find/{filed.id}/publish", audience="matched_banks", until="2022-12-31")
    assert done.location == f"/requests/{filed.id}"


def test_an_empty_home_page_has_a_next_act_for_each_side(app: Flask, db: Session) -> None:
    owner, lender = firm(db), bank(db)
    assert "填一份申请，马上看到谁能贷给你" in visit(app, db, owner).get("/").text
    assert "本行还没有产品；上架一款，企业就能看到" in visit(app, db, lender).get("/").text
    offer(db, lender)
    assert "看看本行的产品要不要改" in visit(app, db, lender).get("/").text
    by = organiser(db)
    for _ in range(1):
        session(db, by, open_now=False)
    home = visit(app, db, by).get("/").text
    assert "第 43 周对接会：开始报名" in home


def test_a_new_session_is_filled_in_for_the_next_free_week(app: Flask, db: Session) -> None:
    by = organiser(db)
    session(db, by)
    session(db, by, week=WEEK.next)
    page = visit(app, db, by).get("/sessions/new").text
    assert f'value="{WEEK.next.next}"' in page
    assert f"/sessions/new?week={WEEK.next}" not in page


def test_a_changed_announcement_is_read_by_all_with_before_and_after(app: Flask, db: Session) -> None:
    by, lender = organiser(db), bank(db)
    made = session(db, by)
    bureau = visit(app, db, by)
    shown = bureau.get(f"/sessions/{made.id}/change").text
    fields = dict(
        re.findall(
            r'name="(\w+)"[^>]*? value="([^"]*)"', shown[shown.index("save_change") if "save_change" in shown else 0 :]
        )
    )
    fields |= {"starts_at": "2022-10-27T15:00", "reason": "礼堂要到三点"}
    saved = bureau.post(f"/sessions/{made.id}/change", **fields)
    assert saved.status_code == 302, saved.text
    page = visit(app, db, lender).get(f"/sessions/{made.id}").text
    assert "预告改过。" in page
    assert "2022-10-27 14:00 → 2022-10-27 15:00" in page
    assert "礼堂要到三点" in page
    stale = bureau.post(f"/sessions/{made.id}/change", **fields | {"starts_at": "2022-10-27T15:30"})
    assert stale.status_code == 409


def test_a_bank_finds_an_enterprise_by_a_part_of_its_name(app: Flask, db: Session) -> None:
    lender, owner = bank(db), firm(db)
    firm(db, "清源环保设备有限公司")
    code = party_code(db, owner)
    mine = visit(app, db, lender)
    found = mine.get("/sessions/blocks?name=精密铸造").text
    assert f"/sessions/blocks?enterprise={code}" in found
    assert "清源环保" not in found
    assert "没有找到" in mine.get("/sessions/blocks?name=%25").text
    chosen = mine.get(f"/sessions/blocks?enterprise={code}").text
    assert f'name="enterprise_code" value="{code}"' in chosen
    assert mine.post("/sessions/blocks", enterprise_code=code, reason="正在打官司").status_code == 302
    assert "恒润精密铸造有限公司" in mine.get("/sessions/blocks").text


def test_the_organiser_is_warned_in_time_that_the_key_is_not_the_one_it_was_sealed_with(
    app: Flask, db: Session
) -> None:
    by = organiser(db)
    made = session(db, by)
    bureau = visit(app, db, by)
    assert "封签打不开" not in bureau.get(f"/sessions/{made.id}").text
    app.extensions["seal_key"] = b"another key of the city"
    assert "封签打不开" in bureau.get(f"/sessions/{made.id}").text


def test_the_steps_show_when_they_were_really_taken(app: Flask, db: Session) -> None:
    by, owner = organiser(db), firm(db)
    made = session(db, by)
    early = template(WEEK).sign_up_until - timedelta(hours=3)
    app.extensions["clock"] = Clock.starting_at(early)
    bureau = Visitor(app, username_of(db, by))
    bureau.get(f"/sessions/{made.id}/moves/close")
    assert bureau.post(f"/sessions/{made.id}/moves/close", reason="都报完了").status_code == 302
    page = Visitor(app, username_of(db, owner)).get(f"/sessions/{made.id}").text
    assert "10-26 09:00" in page
    assert "截止报名：2022-10-26 12:00 → 2022-10-26 09:00" in page
