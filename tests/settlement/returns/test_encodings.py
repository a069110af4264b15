"""A filed text is decoded as it was written, or refused; never quietly decoded wrongly."""

import codecs
import csv
import random
import unicodedata
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from kernel.tables.faults import FileRefused
from settlement.returns import decoding
from tests.seeds import seeded
from tests.settlement.returns.filed_files import TITLES, csv_text, loan, loans, take

_COMMON = "".join(bytes([high, low]).decode("gb2312") for high in range(0xB0, 0xD7) for low in range(0xA1, 0xFF))


def _names(chance: random.Random, count: int, signs: str = _COMMON) -> list[str]:
    return ["".join(chance.choices(signs, k=chance.randrange(2, 12))) for _ in range(count)]


def _read_names(path: Path) -> list[str]:
    """The names as they are decoded; raises as intake does."""
    decoded = decoding.decode(path.name, path, path.parent)
    with decoded.path.open(encoding="utf-8-sig", newline="") as stream:
        _, *rows = csv.reader(stream)
    names = [row[2] for row in rows]
    if any(unicodedata.category(sign) in ("Cc", "Co", "Cf") for name in names for sign in name):
        raise FileRefused([])  # a row error of its own
    return names


def _taken_names(path: Path) -> list[str]:
    found = take(path)
    with duckdb.connect() as db:
        return [row[0] for row in db.execute(f"SELECT borrower_name FROM '{found.tape}' ORDER BY row").fetchall()]


def _damaged(content: bytes, chance: random.Random) -> bytes:
    """One byte of a Chinese name changed, dropped or doubled."""
    places = [place for place, byte in enumerate(content) if byte > 127]
    place = chance.choice(places)
    kind = chance.randrange(3)
    middle = [bytes([chance.randrange(0x80, 0x100)]), b"", content[place : place + 1] * 2][kind]
    return content[:place] + middle + content[place + 1 :]


def test_no_file_is_decoded_wrongly_without_a_word(tmp_path: Path) -> None:
    """Sources: UTF-8 with and without BOM, GB18030, and what must not be taken: UTF-16, Big5, Shift-JIS, damaged UTF-8."""
    chance = seeded()
    wrong, taken = [], 0
    right = ["utf-8", "utf-8-sig", "gb18030"]
    for number in range(1000):
        encoding = chance.choice([*right, *right, "utf-16", "utf-16-le", "utf-32", "big5", "shift_jis", "damaged"])
        is_foreign = encoding in ("big5", "shift_jis")
        names = _names(
            chance, chance.randrange(4 if is_foreign else 1, 12), _encodable(encoding) if is_foreign else _COMMON
        )
        headings = chance.choice([{}, {} if is_foreign else TITLES])
        text = csv_text([loan(n, borrower_name=name) for n, name in enumerate(names, start=1)], headings=headings)
        content = text.encode("utf-8" if encoding == "damaged" else encoding, "replace")
        path = tmp_path / f"{number % 5}.csv"
        path.write_bytes(_damaged(content, chance) if encoding == "damaged" else content)
        try:
            read = _read_names(path)
        except FileRefused:
            assert encoding not in right or (encoding == "gb18030" and _is_valid_utf8(path)), (encoding, names)
            continue
        taken += 1
        if read != names and not (encoding == "damaged" and _is_valid_utf8(path)):
            wrong.append((encoding, names, read))
    assert wrong == []
    assert taken > 400


def _encodable(encoding: str) -> str:
    return "".join(sign for sign in _COMMON if sign.encode(encoding, "ignore"))


def _is_valid_utf8(path: Path) -> bool:
    """A changed byte that still is UTF-8 is another text; a GB18030 text that is UTF-8 too cannot be told for sure."""
    try:
        path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _refusal(tmp_path: Path, content: bytes) -> str:
    path = tmp_path / "loans.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        take(path)
    (fault,) = caught.value.faults
    assert fault.text.zh
    assert fault.text.en
    return fault.rule


GOOD = csv_text(loans(3))


@pytest.mark.parametrize(
    ("spoil", "rule"),
    [
        (lambda text: text.encode("utf-16"), "encoding_utf16"),
        (lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"), "encoding_utf16"),
        (lambda text: text.encode("utf-16-le"), "forbidden_character"),
        (lambda text: text.encode() + b"\0", "forbidden_character"),
        (lambda text: text.encode("utf-8-sig") + b"\xff", "encoding_damaged"),
        (lambda text: text.encode().replace("平".encode(), b"\xe5\xb9", 1), "encoding_damaged"),
        (lambda text: text.encode("gb18030") + "平顶山市第九号商贸,".encode(), "encoding_damaged"),
        (lambda text: text.encode() + b"\x81", "encoding_damaged"),
        (
            lambda text: text.replace("平顶山市第", "").replace("号商贸有限公司", "é").encode("latin-1"),
            "encoding_unknown",
        ),
        (
            lambda text: text.replace("平顶山市第", "Caf\xe9s ").replace("号商贸有限公司", "").encode("latin-1"),
            "encoding_doubtful",
        ),
        (lambda text: text.replace("平顶山市", "臺灣銀").encode("big5", "ignore"), "encoding_doubtful"),
        (lambda _: b"", "empty"),
        (lambda _: b"\n\n\n", "empty"),
    ],
)
def test_what_cannot_be_told_is_refused_by_name(tmp_path: Path, spoil: Callable[[str], bytes], rule: str) -> None:
    assert _refusal(tmp_path, spoil(GOOD)) == rule


def test_a_name_whose_bytes_are_good_in_both_encodings_is_refused_without_a_mark(tmp_path: Path) -> None:
    name = next(
        pair
        for pair in (bytes([0xC3, low]) + bytes([0xC4, low]) for low in range(0xA1, 0xC0))
        if pair.decode("gb18030").isalpha()
    )
    content = csv_text([loan(1, borrower_name="?")]).encode().replace(b"?", name)
    assert _refusal(tmp_path, content) == "encoding_doubtful"
    path = tmp_path / "marked.csv"
    path.write_bytes(codecs.BOM_UTF8 + content)
    assert _taken_names(path) == [name.decode("utf-8")]


def test_a_damaged_byte_is_told_by_its_line(tmp_path: Path) -> None:
    lines = GOOD.encode().split(b"\n")
    lines[2] = lines[2].replace("山".encode(), b"\xe5\xb1", 1)
    path = tmp_path / "loans.csv"
    path.write_bytes(b"\n".join(lines))
    with pytest.raises(FileRefused, match="第 3 行有坏字节"):
        take(path)


def test_decoding_goes_on_where_pieces_cut_a_character(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = _names(seeded(), 40)
    text = csv_text([loan(n, borrower_name=name) for n, name in enumerate(names, start=1)])
    for size in (7, 64, 1001):
        monkeypatch.setattr(decoding, "CHUNK", size)
        for encoding in ("utf-8", "gb18030"):
            path = tmp_path / "loans.csv"
            path.write_bytes(text.encode(encoding))
            assert _taken_names(path) == names


def test_names_are_kept_in_composed_form(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv"
    path.write_bytes(csv_text([loan(1, borrower_name="Cafe\u0301 公司")]).encode())
    assert _taken_names(path) == ["Café 公司"]
