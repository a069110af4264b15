"""Files made to do harm, or damaged on the way, are refused in time, with a reason, and leave nothing behind."""

import random
import struct
import time
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import openpyxl
import pytest

from kernel.confined import Bounds, a_turn
from kernel.errors import Conflict
from kernel.tables.faults import FileRefused
from settlement.returns.child import intake_in_child
from settlement.returns.intake import intake
from settlement.returns.limits import MEBIBYTE, Limits
from tests.seeds import seeded
from tests.settlement.returns.filed_files import (
    BANK,
    ENGLISH,
    Q3,
    csv_text,
    loan,
    loans,
    marks,
    take,
    write_csv,
    write_parquet,
    write_shared_xlsx,
    write_xlsx,
)
from tests.settlement.returns.old_xls import number, record, write_xls

Spoil = Callable[[Path], None]


def _refused(path: Path) -> str:
    """The rule of a refusal, which comes in time and leaves nothing behind; a bomb is whatever inflates over 64 MB."""
    began, limits = time.monotonic(), Limits(inflated=64 * MEBIBYTE)
    with pytest.raises(FileRefused) as caught:
        intake(path, institution_code=BANK, quarter=Q3, into=path.parent / "tape.parquet", limits=limits)
    assert time.monotonic() - began < 30
    assert not (path.parent / "tape.parquet").exists()
    assert [entry for entry in path.parent.iterdir() if entry.name.startswith((".", "intake-"))] == []
    fault = caught.value.faults[0]
    assert fault.text.zh
    assert fault.text.en
    return fault.rule


def _with_part(name: str, content: bytes = b"x") -> Spoil:
    def spoil(path: Path) -> None:
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, content)

    return spoil


def _with_sheet(change: Callable[[bytes], bytes], part: str = "xl/worksheets/sheet1.xml") -> Spoil:
    def spoil(path: Path) -> None:
        with zipfile.ZipFile(path) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
        parts[part] = change(parts[part])
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in parts.items():
                archive.writestr(name, content)

    return spoil


def _doctype(content: bytes) -> bytes:
    entity = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    start = content.find(b"?>") + 2 if content.startswith(b"<?xml") else 0
    return content[:start] + entity + content[start:]


def _far_cell(content: bytes) -> bytes:
    return content.replace(b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>')


def _sly_far_cell(content: bytes) -> bytes:
    return content.replace(b"</sheetData>", b"<row r='3'><c r = 'XFD1048576'><v>1</v></c></row></sheetData>")


def _lying_size(path: Path) -> None:
    """The directory says that a member is small; its bytes inflate to more."""
    _with_part("xl/media/a.bin", b"\0" * 50_000_000)(path)
    content = path.read_bytes()
    small, large = struct.pack("<I", 10), struct.pack("<I", 50_000_000)
    path.write_bytes(content.replace(large, small))


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])


def _encrypted_flag(path: Path) -> None:
    content = bytearray(path.read_bytes())
    place = content.index(b"PK\x01\x02")
    content[place + 8] |= 1
    path.write_bytes(bytes(content))


XLSX = [
    ("a bomb", _with_part("xl/media/bomb.bin", b"\0" * 80_000_000), "workbook_unsafe"),
    ("a size that lies", _lying_size, "workbook_broken"),
    ("a macro", _with_part("xl/vbaProject.bin"), "workbook_unsafe"),
    ("a sheet of macros", _with_part("xl/macrosheets/sheet1.xml"), "workbook_unsafe"),
    ("a link outside", _with_part("xl/externalLinks/externalLink1.xml"), "workbook_unsafe"),
    ("a data connection", _with_part("xl/connections.xml"), "workbook_unsafe"),
    ("a file inside", _with_part("xl/embeddings/oleObject1.bin"), "workbook_unsafe"),
    ("a document type", _with_sheet(_doctype), "workbook_unsafe"),
    ("a document type among the strings", _with_sheet(_doctype, "xl/sharedStrings.xml"), "workbook_unsafe"),
    ("UTF-16 inside", _with_sheet(lambda xml: xml.decode().encode("utf-16")), "workbook_unsafe"),
    ("a cell far off", _with_sheet(_far_cell), "workbook_unsafe"),
    ("a cell far off, written slyly", _with_sheet(_sly_far_cell), "workbook_unsafe"),
    ("a cut file", _cut, "workbook_broken"),
    ("an encrypted member", _encrypted_flag, "workbook_unsafe"),
    ("broken XML", _with_sheet(lambda xml: xml[: len(xml) // 2]), "workbook_broken"),
    ("no workbook", lambda path: path.write_bytes(b"PK\x05\x06" + bytes(18)) and None, "workbook_unsafe"),
    ("not a zip", lambda path: path.write_bytes(b"PK\x03\x04" + b"x" * 500) and None, "workbook_broken"),
]


@pytest.mark.parametrize(("what", "spoil", "rule"), XLSX, ids=[case[0] for case in XLSX])
def test_a_hostile_workbook_is_refused(tmp_path: Path, what: str, spoil: Spoil, rule: str) -> None:
    path = write_shared_xlsx(tmp_path, loans(3))
    spoil(path)
    assert _refused(path) == rule


@pytest.mark.parametrize(
    "filling",
    [b"<c " * 600_000, b'<c r="A1" ' * 200_000, b"0" * 2_000_000, b"<c" + b" t " * 600_000],
    ids=["unclosed_cells", "unclosed_places", "zeros", "one_endless_cell"],
)
def test_a_sheet_of_marks_without_an_end_is_looked_at_in_a_moment(tmp_path: Path, filling: bytes) -> None:
    path = write_xlsx(tmp_path, loans(3))
    _with_sheet(lambda _: filling)(path)
    began = time.process_time()
    with pytest.raises(FileRefused):
        intake(path, institution_code=BANK, quarter=Q3, into=tmp_path / "tape.parquet")
    assert time.process_time() - began < 2


def _cells(path: Path, **cells: object) -> Path:
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    for place, value in cells.items():
        book.active[place] = value
    book.save(path)
    return path


def test_a_formula_is_refused_by_its_place_and_never_read(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="H3 是公式"):
        take(_cells(write_xlsx(tmp_path, loans(3)), H3="=1+2"))


def test_a_formula_on_another_sheet_does_no_harm(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path, loans(3))
    book = openpyxl.load_workbook(path)
    book.create_sheet("汇总")["A1"] = "=SUM(Sheet!H2:H4)"
    book.save(path)
    assert take(path).is_accepted


def test_an_error_value_and_a_percentage_cell_are_refused_by_their_place(tmp_path: Path) -> None:
    path = _cells(write_xlsx(tmp_path, loans(3)))
    book = openpyxl.load_workbook(path)
    assert book.active is not None
    book.active["I3"].value, book.active["I3"].number_format = 0.0435, "0.00%"
    book.save(path)
    with pytest.raises(FileRefused, match="I3 是百分比格式"):
        take(path)
    book.active["I3"].value, book.active["E2"].value = "4.35", "#N/A"
    book.active["E2"].data_type = "e"
    book.save(path)
    with pytest.raises(FileRefused, match="E2 是错误值"):
        take(path)


def test_a_text_that_every_cell_shares_cannot_fill_the_memory(tmp_path: Path) -> None:
    path = write_shared_xlsx(tmp_path, loans(3))
    _with_sheet(
        lambda xml: xml.replace(b"</sst>", b"<si><t>" + b"x" * 40_000 + b"</t></si></sst>"), "xl/sharedStrings.xml"
    )(path)
    assert _refused(path) == "workbook_unsafe"


def test_an_old_workbook_is_read_like_a_new_one(tmp_path: Path) -> None:
    rows = [loan(number, balance="12345678.90") for number in range(1, 60)]
    found = take(write_xls(tmp_path, rows, ENGLISH))
    assert (found.format, found.sheet) == ("XLS", "Sheet1")
    assert found.row_digest == take(write_csv(tmp_path, rows)).row_digest
    assert marks(take(write_xls(tmp_path, [loan(1, balance="x")], ENGLISH))) == [(2, "balance", "x", "not_money")]


FORMULA = record(0x0006, struct.pack("<HHHdHIH", 1, 7, 0, 0.0, 0, 0, 0))
XLS = [
    ("a formula", {"cells": FORMULA}, "workbook_formula"),
    ("a password", {"extra": record(0x002F, bytes(6))}, "workbook_unsafe"),
    ("a link outside", {"extra": record(0x01AE, b"\x01\x00\x05\x00abcde")}, "workbook_unsafe"),
    ("a macro", {"streams": ["_VBA_PROJECT_CUR"]}, "workbook_unsafe"),
    ("an encrypted package", {"streams": ["EncryptedPackage"]}, "workbook_unsafe"),
    ("an error value", {"cells": record(0x0205, struct.pack("<HHHBB", 1, 4, 0, 0x2A, 1))}, "workbook_error_cell"),
    ("a percentage", {"cells": number(1, 8, 0.0435, 1)}, "workbook_percent_cell"),
]


@pytest.mark.parametrize(("what", "made", "rule"), XLS, ids=[case[0] for case in XLS])
def test_a_hostile_old_workbook_is_refused(tmp_path: Path, what: str, made: dict[str, object], rule: str) -> None:
    assert _refused(write_xls(tmp_path, loans(2), ENGLISH, **made)) == rule  # type: ignore[arg-type]


def test_an_old_workbook_that_reaches_too_far_is_refused(tmp_path: Path) -> None:
    path = write_xls(tmp_path, loans(2), ENGLISH, cells=number(65535, 255, 1.0))
    assert _refused(path) == "workbook_unsafe"


def test_chopped_and_scrambled_files_of_every_format_never_end_otherwise_than_refused(tmp_path: Path) -> None:
    chance = seeded()
    makers = [write_xlsx(tmp_path, loans(4)), write_parquet(tmp_path, loans(4)), write_xls(tmp_path, loans(4), ENGLISH)]
    for source in makers:
        whole = source.read_bytes()
        for _ in range(12):
            path = tmp_path / f"x{source.suffix}"
            path.write_bytes(_scrambled(whole, chance))
            with suppress(FileRefused):
                take(path)


def _scrambled(whole: bytes, chance: random.Random) -> bytes:
    content = bytearray(whole[: chance.randrange(1, len(whole))] if chance.random() < 0.3 else whole)
    for _ in range(chance.randrange(1, 20)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def test_a_cell_of_a_million_characters_is_an_error_or_a_refusal(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [loan(1), loan(2, borrower_name="长" * 100_000), loan(3)])
    found = take(path)
    assert [(mark[0], mark[1], mark[3]) for mark in marks(found)] == [(3, "borrower_name", "text_too_long")]
    assert len(found.errors.listed[0].value) <= 200
    path.write_text(csv_text([loan(1, borrower_name="长" * 1_000_000)]), encoding="utf-8")
    assert _refused(path) == "csv_broken"


def test_a_quote_that_never_ends_is_refused_with_the_row(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(5))
    path.write_text(path.read_text(encoding="utf-8").replace("平顶山市第3号", '"平顶山市第3号'), encoding="utf-8")
    with pytest.raises(FileRefused, match="CSV 格式有误"):
        take(path)


def test_a_name_that_lies_about_the_format_is_refused(tmp_path: Path) -> None:
    book, table = write_xlsx(tmp_path, loans(1)), write_csv(tmp_path, loans(1))
    assert _refused(book.rename(tmp_path / "a.csv")) == "format_differs"
    assert _refused(table.rename(tmp_path / "a.xlsx")) == "workbook_broken"
    assert _refused(write_csv(tmp_path, loans(1), "a.exe")) == "format_unknown"


def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(20))
    with pytest.raises(FileRefused) as caught:
        intake(path, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet", limits=Limits(file_size=1000))
    assert caught.value.faults[0].rule == "file_too_big"


def test_intake_in_a_child_gives_the_same_answer(tmp_path: Path) -> None:
    path = write_csv(tmp_path, [*loans(3), loan(9, borrower_code="91350100M0001TGQXM")])
    here = take(path)
    there = intake_in_child(path, institution_code=BANK, quarter=Q3, into=tmp_path / "tape.parquet")
    assert there == here
    bad = write_csv(
        tmp_path, [loan(1, balance="x"), loan(2, start_date="2022-12-01", maturity_date="2024-01-01")], "bad.csv"
    )
    assert intake_in_child(bad, institution_code=BANK, quarter=Q3, into=tmp_path / "no.parquet") == take(bad)


def test_a_child_refuses_as_intake_does_and_dies_alone_at_its_bounds(tmp_path: Path) -> None:
    bad = write_csv(tmp_path, loans(1), columns=["loan_id"])
    with pytest.raises(FileRefused, match="缺少列"):
        intake_in_child(bad, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet")
    good = write_csv(tmp_path, loans(1))
    for bounds in (Bounds(memory=40 * MEBIBYTE), Bounds(waiting=0), Bounds(written=100)):
        with pytest.raises(FileRefused) as caught:
            intake_in_child(good, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet", bounds=bounds)
        assert caught.value.faults[0].rule == "too_costly"
    assert not (tmp_path / "t.parquet").exists()


def test_a_file_waits_for_its_turn_and_is_sent_away_when_none_comes_free(tmp_path: Path) -> None:
    path = write_csv(tmp_path, loans(1))
    with a_turn(), a_turn(), pytest.raises(Conflict, match="正在读取其他文件"):
        intake_in_child(path, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet", patience=0.01)
    assert intake_in_child(path, institution_code=BANK, quarter=Q3, into=tmp_path / "t.parquet").tape
