"""Computing a large quarter: statement by statement beside a page of its progress; what is computed stays when it is cancelled."""

from dataclasses import replace
from datetime import datetime

from flask import Flask
from sqlmodel import select

from kernel import database
from kernel.clock import SHANGHAI, Clock
from kernel.works import doing, service
from kernel.works.kinds import AtWork
from settlement.quarters.works import DRAFTING
from settlement.statements.models import Statement
from tests.factories import Visitor, username_of
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


def test_a_large_quarter_is_computed_beside_its_page_and_goes_on_after_a_cancellation(app: Flask, floor: Floor) -> None:
    app.extensions["clock"] = Clock.starting_at(datetime(2022, 10, 20, 10, tzinfo=SHANGHAI))
    app.extensions["settings"] = replace(app.extensions["settings"], work_rows=1)
    for bank in (floor.bank, floor.another_bank()):
        for quarter, yuan in ((Q2, 900_000), (Q3, 1_000_000)):
            floor.certify(floor.file([loan(1, balance=f"{yuan}.00")], quarter, bank), bank)
            floor.certify_balance(yuan * 100, quarter, bank)
    operator = Visitor(app, username_of(floor.db, floor.operator))
    operator.get("/quarters/2022Q3")
    first = operator.post("/quarters/2022Q3/drafts").headers["Location"]
    number = int(first.partition("?")[0].rpartition("/")[2])

    def run(work: AtWork) -> None:
        """Cancelled by its owner once the first statement stands."""

        def told(stage: str, done: int, whole: int) -> None:
            if done:
                at = app.extensions["clock"].now()
                database.write_apart(lambda db: service.cancel(db, floor.operator, number, at=at))
                raise doing.Stopped
            work.told(stage, done, whole)

        DRAFTING.run(replace(work, told=told))

    kinds = app.extensions["work_kinds"]
    app.extensions["work_kinds"] = {**kinds, DRAFTING.name: replace(DRAFTING, run=run)}
    floor.db.rollback()
    assert doing.do_next(floor.db)
    assert "已经算好的留着" in operator.get(first).text
    assert statements(floor) == 1
    app.extensions["work_kinds"] = kinds
    second = operator.post("/quarters/2022Q3/drafts").headers["Location"]
    floor.db.rollback()
    assert doing.do_next(floor.db)
    assert statements(floor) == 2
    led_on = operator.get(second)
    assert led_on.headers["Location"] == "/quarters/2022Q3"
    assert "算好 1 张结算单" in operator.get("/quarters/2022Q3").text


def statements(floor: Floor) -> int:
    floor.db.rollback()
    return len(floor.db.exec(select(Statement)).all())
