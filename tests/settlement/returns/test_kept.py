"""What was worked out once is found again under what it was worked out from, and under nothing else."""

import os
import time
from datetime import date
from pathlib import Path

from settlement.engine.definition import Reason
from settlement.engine.moves import Migration, Move, MovedBorrower, MoveLine, migration_from
from settlement.returns.kept import Kept, forget_older, key_of
from settlement.returns.loans_shown import loans_shown
from tests.settlement.filing_floor import Q2, Q3, Floor, loan
from tests.settlement.returns.test_loans_shown import FIRM


def test_every_value_that_was_said_makes_the_key(tmp_path: Path) -> None:
    said = (["2022Q3", "a" * 64], 1, "x")
    assert key_of(*said) == key_of(*said)
    assert len({key_of(*said), key_of(*said[:2]), key_of(["2022Q3", "b" * 64], 1, "x"), key_of(said[0], 2, "x")}) == 4


def test_a_damaged_file_counts_as_not_there(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.put("ab", [["沙河", 1]])
    assert kept.get("ab") == [["沙河", 1]]
    (file,) = tmp_path.rglob("*.json")
    for damaged in (file.read_text(encoding="utf-8").replace("1]]", "2]]"), "", "{"):
        file.write_text(damaged, encoding="utf-8")
        assert kept.get("ab") is None
    assert kept.get("cd") is None


def test_what_is_old_is_forgotten_and_what_is_asked_for_since_stays(tmp_path: Path) -> None:
    kept, month = Kept(tmp_path / "across"), 30
    assert forget_older(tmp_path / "nothing", month) == 0
    kept.put("ab", 1)
    kept.put("cd", 2)
    old = next(tmp_path.rglob("ab.json"))
    broken_off = old.with_suffix(".part")
    broken_off.touch()
    for file, days in ((old, month + 1), (broken_off, month + 1), (next(tmp_path.rglob("cd.json")), month - 1)):
        os.utime(file, (time.time() - days * 86_400,) * 2)
    assert forget_older(tmp_path, month) == 2
    assert (kept.get("ab"), kept.get("cd")) == (None, 2)


def test_moves_come_back_as_they_were() -> None:
    moved = Migration(
        (MoveLine(Move.NEW, None, 2, 300), MoveLine(Move.MOVED_OUT, Reason.CREDIT_LINE, 1, -200)),
        (MovedBorrower("F", "甲", Move.MOVED_OUT, Reason.CREDIT_LINE, 1, 2, -200),),
    )
    plain = {
        "lines": [vars(one) for one in moved.lines],
        "crossed": [vars(one) for one in moved.crossed],
    }
    assert migration_from(plain) == moved


def test_loans_are_read_once_and_anew_when_another_return_is_certified(floor: Floor) -> None:
    floor.certify(floor.file([loan(1, borrower_code=FIRM, start_date="2022-05-06")], Q2))
    keeping = floor.premises.keeping
    first = loans_shown(floor.db, [FIRM], keeping=keeping)
    assert [row[2:4] for row in first] == [("SH0001", date(2022, 5, 6))]
    away = next((keeping.folder / "tapes").rglob("*.parquet"))
    away.rename(away.with_suffix(".away"))
    assert loans_shown(floor.db, [FIRM], keeping=keeping) == first
    away.with_suffix(".away").rename(away)
    floor.certify(floor.file([loan(2, borrower_code=FIRM)], Q3))
    assert [row[2] for row in loans_shown(floor.db, [FIRM], keeping=keeping)] == ["SH0001", "SH0002"]
