"""What returns hold against each other is worked out once, shows its head, and goes out whole as a file."""

from pathlib import Path

import pytest

from settlement.returns import across_kept
from settlement.returns.across import across
from settlement.returns.across_kept import SHOWN, across_lines, across_shown, as_csv, tapes_of
from settlement.returns.keeping import Keeping
from settlement.unfinished import NotFinished
from tests.settlement.returns.filed_files import Loan, loan, take, write_csv

BANKS = ("91410402MA0000015P", "91410482MA0000023E")


def _filed(folder: Path, *returns: list[Loan]) -> tuple[Keeping, dict[str, str]]:
    keeping, digests = Keeping(folder / "returns"), {}
    for bank, rows in zip(BANKS, returns, strict=True):
        found = take(write_csv(folder, rows), tape=f"{bank}.parquet")
        assert found.tape is not None
        digests[bank] = bank.lower() * 4
        kept = keeping.tape(digests[bank])
        kept.parent.mkdir(parents=True, exist_ok=True)
        found.tape.rename(kept)
    return keeping, digests


def _same_loans(number: int) -> tuple[list[Loan], list[Loan]]:
    return [loan(n) for n in range(number)], [loan(n, credit_line="9000000.00") for n in range(number)]


def test_the_head_says_the_same_as_the_whole(tmp_path: Path) -> None:
    keeping, digests = _filed(tmp_path, *_same_loans(3))
    whole, head = across(tapes_of(keeping, digests)), across_shown(keeping, digests)
    for name in ("split_borrowers", "claimed_twice", "near_twins"):
        assert getattr(head, name).first == getattr(whole, name)
        assert getattr(head, name).count == len(getattr(whole, name))
    assert head.claimed_twice.count == 3


def test_a_second_look_reads_no_returns_and_other_returns_are_looked_at_anew(tmp_path: Path) -> None:
    keeping, digests = _filed(tmp_path, *_same_loans(2))
    first = across_shown(keeping, digests)
    for tape in tapes_of(keeping, digests).values():
        tape.rename(tape.with_suffix(".away"))
    assert across_shown(keeping, digests) == first
    for away in (keeping.folder / "tapes").rglob("*.away"):
        away.rename(away.with_suffix(".parquet"))
    alone = {BANKS[0]: digests[BANKS[0]]}
    assert across_shown(keeping, alone).claimed_twice.count == 0


def test_it_goes_on_from_what_is_known_when_the_time_was_up(tmp_path: Path) -> None:
    keeping, digests = _filed(tmp_path, *_same_loans(2))
    looks = iter([False, True])
    with pytest.raises(NotFinished) as told:
        across_shown(keeping, digests, is_time_up=lambda: next(looks))
    assert (told.value.done, told.value.whole) == (1, 3)
    looks = iter([False, False])
    lines = across_lines(keeping, digests, is_time_up=lambda: next(looks))
    assert len(as_csv(lines).splitlines()) == 1 + len(lines) > 4
    assert across_shown(keeping, digests).claimed_twice.count == 2


def test_a_damaged_file_is_worked_out_anew(tmp_path: Path) -> None:
    keeping, digests = _filed(tmp_path, *_same_loans(2))
    first = across_shown(keeping, digests)
    for kept in (keeping.kept / "across").rglob("*.json"):
        kept.write_text("{", encoding="utf-8")
    assert across_shown(keeping, digests) == first


def test_a_long_list_shows_its_head_and_goes_out_whole(tmp_path: Path) -> None:
    keeping, digests = _filed(tmp_path, *_same_loans(SHOWN + 1))
    shown = across_shown(keeping, digests).claimed_twice
    assert (shown.count, len(shown.first)) == (SHOWN + 1, SHOWN)
    lines = as_csv(across_lines(keeping, digests)).decode("utf-8-sig").splitlines()
    assert lines[0] == ",".join(across_kept.HEADER)
    assert sum(line.startswith("claimed_twice") for line in lines) == 2 * (SHOWN + 1)
