"""The pool through HTTP: pages for county and industry bureau, the API, scopes, the January report on paper and as a workbook."""

import io
from datetime import date

import pypdfium2
import pytest
from flask import Flask
from python_calamine import CalamineWorkbook
from sqlmodel import Session

from kernel import database
from kernel.clock import Clock
from kernel.errors import Conflict, NotFound, Refused
from kernel.parties.models import Party
from matchmaking.pool import report as reports
from matchmaking.pool import service
from matchmaking.pool.paper import report_paper
from matchmaking.pool.radar import radar_of
from matchmaking.pool.report import CountyLine
from matchmaking.pool.scope import regions_of
from matchmaking.pool.service import Reached
from matchmaking.pool.workbook import report_workbook
from tests.factories import Robot, Visitor, make_person, make_token, username_of
from tests.matchmaking.pool.town import (
    BOOK,
    HERE,
    NOW,
    THERE,
    TODAY,
    WAN,
    CountyTown,
    admitted,
    county_town,
    factory,
    filed,
    moved,
    nominated,
    rules,
)


@pytest.fixture(autouse=True)
def the_day(app: Flask) -> None:
    """The service lives in the autumn of 2022."""
    app.extensions["clock"] = Clock.starting_at(NOW)


@pytest.fixture
def town(db: Session) -> CountyTown:
    return county_town(db)


def visitor(app: Flask, db: Session, who: object) -> Visitor:
    return Visitor(app, username_of(db, who))  # type: ignore[arg-type]


def test_a_county_nominates_by_form_and_by_file_and_the_bureau_admits(
    app: Flask, db: Session, town: CountyTown
) -> None:
    party, second = factory(db), factory(db, "二号厂")
    county = visitor(app, db, town.here)
    year = "2021"
    assert 'value="2021"' in county.get("/pool/nominate").text
    wrong = county.post("/pool/nominate", code=party.code, revenue="9999999.99", year=year)
    assert wrong.status_code == 422
    assert "10,000,000.00" in wrong.text
    right = county.post("/pool/nominate", code=party.code, revenue="12000000", year=year, follow=True)
    assert right.status_code == 200
    assert party.name in right.text
    rows = f"统一社会信用代码,上年营业收入(元),年度\n{second.code},12000000,2021\n{second.code}x,1,2021\n"
    refused = county.post("/pool/nominations", file=(io.BytesIO(rows.encode()), "名单.csv"))
    assert refused.status_code == 422
    assert "文件没有接受" in refused.text
    good = f"统一社会信用代码,上年营业收入(元),年度\n{second.code},12000000,2021\n"
    taken = county.post("/pool/nominations", file=(io.BytesIO(good.encode()), "名单.csv"), follow=True)
    assert second.name in taken.text
    bureau = visitor(app, db, town.industry)
    assert "2 家企业等入库" in bureau.get("/").text
    db.rollback()
    entry = service.entry_of_firm(db, party.id or 0)
    assert entry is not None
    bureau.get(f"/pool/entries/{entry.id}/admit")
    assert bureau.post(f"/pool/entries/{entry.id}/admit", document="平工信〔2022〕31号").status_code == 302
    assert "在库" in bureau.get(f"/pool/entries/{entry.id}").text


def test_each_county_reads_its_own_pages_only(app: Flask, db: Session, town: CountyTown) -> None:
    mine, theirs = (
        nominated(db, town.here, factory(db)),
        nominated(db, town.there, factory(db, "叶城建材有限公司", region=THERE)),
    )
    county = visitor(app, db, town.here)
    assert county.get("/pool").status_code == 302
    answers = {
        path: county.get(path).status_code
        for path in (
            f"/pool/counties/{HERE}",
            f"/pool/entries/{mine.id}",
            f"/pool/counties/{THERE}",
            f"/pool/entries/{theirs.id}",
            "/pool/entries/99999",
            "/pool/counties/000000",
        )
    }
    assert list(answers.values()) == [200, 200, 404, 404, 404, 404]
    same, absent = county.get(f"/pool/entries/{theirs.id}").text, county.get("/pool/entries/99999").text
    assert "没有这家企业的培育记录" in same
    assert "没有这家企业的培育记录" in absent


def test_the_api_keeps_each_county_to_its_own(app: Flask, db: Session, town: CountyTown) -> None:
    entry = nominated(db, town.there, factory(db, "叶城建材有限公司", region=THERE))
    robot = Robot(app, make_token(db, town.here, "matchmaking:read", "matchmaking:write"))
    assert robot.get("/pool/entries").get_json()["total"] == 0
    assert robot.get(f"/pool/entries/{entry.id}").status_code == 404
    radar = robot.get("/pool/radar").get_json()
    assert [one["region"] for one in radar] == [HERE]
    assert (radar[0]["target"], radar[0]["minimum"], radar[0]["shortfall"]) == (17, 21, 21)
    said = {"code": factory(db).code, "revenue": "12000000.00", "year": 2021}
    made = robot.send("POST", "/pool/entries", json=said)
    assert made.status_code == 201
    assert made.get_json()["moves"] == ["withdraw"]
    assert robot.send("POST", "/pool/entries", json=said).status_code == 409
    move = robot.send("POST", f"/pool/entries/{made.get_json()['id']}/moves", json={"move": "withdraw", "reason": "x"})
    assert move.status_code == 403  # moves are not for tokens


def test_a_firm_that_reached_scale_finds_its_award_claim_drafted(app: Flask, db: Session, town: CountyTown) -> None:
    party = factory(db)
    owner = make_person(db, party, "owner", name="周恒")
    entry = admitted(db, town, party)
    reached = Reached(date(2022, 10, 8), 5100 * WAN, False)
    moved(db, town.industry, entry, "reach", reached=reached, document="统入〔2022〕7号")
    firm = visitor(app, db, owner)
    assert "首次入库奖励可以申报" in firm.get("/whitelist/mine").text
    answer = firm.post(f"/pool/firms/{party.id}/award-claims")
    assert answer.status_code == 302
    claim = firm.get(answer.headers["Location"])
    assert claim.status_code == 200
    assert "51,000,000" in claim.text
    rival = visitor(app, db, make_person(db, factory(db, "他厂"), "owner", name="周恒"))
    rival.get("/")
    assert rival.post(f"/pool/firms/{party.id}/award-claims").status_code == 404


def entered(db: Session, town: CountyTown, name: str, region: str, day: date, industry: str = "C34") -> Party:
    party = factory(db, name, region=region, industry=industry)
    reached = Reached(day, 2100 * WAN, False)
    database.write(
        db,
        lambda db: service.record_entry(db, town.industry, party.code, reached, document="x", at=NOW, today=TODAY),
    )
    return party


def test_the_report_counts_every_entry_of_the_year_in_the_pool_or_not(db: Session, town: CountyTown) -> None:
    entered(db, town, "甲厂", HERE, date(2022, 1, 1))
    entered(db, town, "乙厂", HERE, date(2021, 12, 31))
    party = factory(db, "丙厂", region=THERE)
    entry = admitted(db, town, party)
    moved(db, town.industry, entry, "reach", reached=Reached(TODAY, 2100 * WAN, False))
    report = reports.report_of(db, 2022, book=BOOK, today=date(2023, 1, 10))
    by_region = {line.region: line for line in report.lines}
    assert (by_region[HERE].reached, by_region[THERE].reached, report.total.reached) == (1, 1, 2)
    assert (report.total.target, report.total.minimum) == (138, 169)
    assert [line.region for line in report.lines[:2]] == [HERE, THERE]  # 1 of 17 before 1 of 18


def test_a_trading_company_that_grows_is_no_industrial_firm_that_reached_scale(db: Session, town: CountyTown) -> None:
    """“新增规模以上工业企业”: the register of trade is another one."""
    for name, industry in (("大河重工", "C34"), ("大河商贸", "F51"), ("大河建设", "E47")):
        firm = entered(db, town, name, HERE, date(2022, 3, 1), industry)
        filed(db, town.here, *(f"{firm.code},2022-{month:02},1" for month in (7, 8, 9)))
    report = reports.drawn_up(db, 2022, book=BOOK, today=TODAY)
    assert {line.region: line.reached for line in report.lines if line.reached} == {HERE: 1}
    (here,) = radar_of(db, regions_of(town.here), rules=rules(), day=TODAY)
    assert (here.reached, [one.name for one in here.warned]) == (1, ["大河重工"])


def test_the_report_is_issued_once_after_the_year_and_stays_as_it_was(db: Session, town: CountyTown) -> None:
    entered(db, town, "甲厂", HERE, date(2022, 3, 1))

    def issue(today: date) -> reports.YearReport:
        return database.write(db, lambda db: reports.issue(db, town.industry, 2022, book=BOOK, at=NOW, today=today))

    with pytest.raises(Refused):
        issue(date(2022, 12, 31))
    issued = issue(date(2023, 1, 12))
    entered(db, town, "乙厂", HERE, date(2022, 4, 1))
    kept = reports.report_of(db, 2022, book=BOOK, today=date(2023, 2, 1))
    assert kept == issued
    assert (kept.issued_on, kept.total.reached) == (date(2023, 1, 12), 1)
    with pytest.raises(Conflict):
        issue(date(2023, 1, 13))
    with pytest.raises(NotFound):
        reports.report_of(db, 2023, book=BOOK, today=date(2024, 1, 1))


def test_the_rate_is_rounded_half_up_to_a_tenth_of_a_percent() -> None:
    assert [CountyLine("x", target, 0, 0, reached, 0).permille for target, reached in ((19, 16), (16, 1), (4, 5))] == [
        842,
        63,
        1250,
    ]


def test_the_paper_and_the_workbook_say_what_the_report_says(db: Session, town: CountyTown) -> None:
    entered(db, town, "甲厂", HERE, date(2022, 3, 1))
    report = reports.report_of(db, 2022, book=BOOK, today=date(2023, 1, 10))
    pages = pypdfium2.PdfDocument(report_paper(report, lang="zh"))
    text = "".join(page.get_textpage().get_text_range() for page in pages)
    assert len(pages) == 1
    for words in ("2022 年度", "宝丰县", "138", "169", "汝州市", "第 1 页，共 1 页"):
        assert words in text
    assert report_paper(report, lang="zh") == report_paper(report, lang="zh")
    rows = CalamineWorkbook.from_filelike(io.BytesIO(report_workbook(report))).get_sheet_by_index(0).to_python()
    assert rows[3][:4] == [1.0, "宝丰县", 17.0, 1.0]
    assert rows[15][1:4] == ["全市 The city", 138.0, 1.0]
    assert (rows[15][7], rows[15][5]) == (169.0, 137.0)


def test_the_report_is_downloaded_by_whoever_reads_it(app: Flask, db: Session, town: CountyTown) -> None:
    bureau = visitor(app, db, town.industry)
    page = bureau.get("/pool/reports/2022")
    assert page.status_code == 200
    assert bureau.get("/pool/reports/2022/report.pdf").data.startswith(b"%PDF")
    assert bureau.get("/pool/reports/2022/report.xlsx").data.startswith(b"PK")
    assert bureau.get("/pool/reports/2031").status_code == 404
    assert bureau.get("/pool/reports/1").status_code == 404
