"""All decision letters of a batch: printed letter by letter beside a page of their progress, kept as one file."""

import io
import zipfile

from flask import Flask

from kernel.works import doing
from tests.factories import Robot, Visitor, make_token, username_of
from tests.settlement.batches.batch_floor import make_batch_floor
from tests.settlement.filing_floor import Floor


def test_the_letters_of_a_released_batch_come_as_one_file_of_the_very_papers(app: Flask, floor: Floor) -> None:
    bureau = make_batch_floor(app, floor)
    open_batch = bureau.open()
    operator, bank = (Visitor(app, username_of(floor.db, one)) for one in (bureau.hands["operator"], floor.bank.maker))
    operator.get(f"/batches/{open_batch.number}")
    letters = f"/batches/{open_batch.number}/letters"
    assert operator.post(letters).status_code == 404
    batch = bureau.release(open_batch)
    assert letters in operator.get(f"/batches/{batch.number}").text
    assert (operator.get("/works").text.count("印全部决定书"), bank.post(letters).status_code) == (0, 403)
    page = operator.post(letters).headers["Location"]
    other = operator.send("POST", letters)
    assert (other.status_code, other.get_json()["state"]) == (202, "waiting")
    assert operator.get(f"{page.partition('?')[0]}/result").status_code == 404
    floor.db.rollback()
    assert doing.do_next(floor.db)
    assert operator.get(page).headers["Location"] == f"{page.partition('?')[0]}/result"
    answer = operator.get(f"{page.partition('?')[0]}/result")
    assert "attachment" in answer.headers["Content-Disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        names = packed.namelist()
        assert len(names) == 2
        for name in names:
            code = name.removesuffix(".pdf").removeprefix(f"{batch.number}-")
            assert packed.read(name) == operator.get(f"/batches/{batch.number}/decisions/{code}.pdf").data
    work = page.partition("?")[0]
    for scopes, status in (("settlement:read", 200), ("settlement:file", 404), ("matchmaking:read", 404)):
        robot = Robot(app, make_token(floor.db, bureau.hands["operator"], scopes))
        assert (robot.get(f"{work}/result").status_code, robot.send("POST", letters).status_code) == (status, 403)
    reviewer = Visitor(app, username_of(floor.db, bureau.hands["reviewer"]))
    assert reviewer.get(f"{page.partition('?')[0]}/result").status_code == 404
