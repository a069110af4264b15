"""From the bytes of a CSV to UTF-8 on disk, streamed: strict UTF-8 with or without BOM, else GB18030, else a refusal.

Nearly every short Chinese text in UTF-8 also decodes as GB18030, wrongly and without an error; a few GB18030 texts are also
good UTF-8. A reading that is not plausible is refused with advice, never taken; a name of two characters in a third
encoding can still read as Chinese, which is why intake shows the first rows for the eye to confirm. Source: reliability rule 11.
"""

import codecs
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file

UTF8_BOM = codecs.BOM_UTF8
CHUNK = 4 * 1024 * 1024
_SAMPLE = 64 * 1024
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_BEYOND_TWO_BYTES = re.compile("[\u0800-\U0010ffff]")
_WIDE = re.compile("[^\x00-\x7f]+")
_HIGH = bytes(range(128))
_CJK_IN_UTF8 = re.compile(rb"(?:[\xe4-\xe9][\x80-\xbf]{2}){2,}")
_MIXED_RUN = 12  # bytes that are four whole characters of UTF-8: no Chinese word in GB18030 looks so
_PLAUSIBLE = 0.8
_COMMON_ROWS = frozenset({0xA1, 0xA3, *range(0xB0, 0xD8)})  # punctuation, full-width ASCII, GB 2312 level 1
_SAVE_AGAIN = Text(
    "请在表格软件里另存为“CSV UTF-8”再上传",
    "save it again from the spreadsheet as “CSV UTF-8” and file that",
)


@dataclass(frozen=True)
class DecodedText:
    """A CSV that can be read as UTF-8 at `path`: the filed file itself, or its decoded copy."""

    path: Path
    encoding: str
    filed_digest: str
    has_blank_lines: bool


def refusal(file: str, rule: str, zh: str, en: str) -> FileRefused:
    """An encoding refusal, with the way out."""
    return whole_file(file, rule, Text(f"{zh}；{_SAVE_AGAIN.zh}", f"{en}; {_SAVE_AGAIN.en}"))


def doubtful(file: str) -> FileRefused:
    """The refusal of a text that reads as one encoding and may be another."""
    return refusal(file, "encoding_doubtful", "文件的编码无法确定", "The file's encoding cannot be told for sure")


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while chunk := stream.read(CHUNK):
            yield chunk


def _has_blank_line(chunk: bytes) -> bool:
    return b"\n\n" in chunk or (b"\r" in chunk and b"\n\r\n" in chunk)


class _ByteFacts:
    """What the bytes alone tell, gathered while they pass: digest, a NUL, a blank line."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.digest = hashlib.sha256()
        self.lines = 0
        self.has_blank_lines = False
        self._tail = b"\n"

    def take(self, chunk: bytes) -> None:
        self.digest.update(chunk)
        if b"\0" in chunk:
            line = self.lines + chunk.count(b"\n", 0, chunk.index(b"\0")) + 1
            raise whole_file(
                self.file,
                "forbidden_character",
                Text(
                    f"第 {line} 行有空字节，这不是文本文件；请重新导出 CSV",
                    f"Line {line} holds a NUL byte, so this is not a text file; export the CSV again",
                ),
            )
        self.lines += chunk.count(b"\n")
        self.has_blank_lines = self.has_blank_lines or any(map(_has_blank_line, (self._tail + chunk[:3], chunk)))
        self._tail = chunk[-2:]


def _common_share(text: str) -> tuple[int, int]:
    """How many of the non-ASCII characters of a sample are everyday Chinese (GB 2312 level 1, its signs), of how many."""
    wide = "".join(_WIDE.findall(text[:_SAMPLE]))
    codes = [character.encode("gb18030", "replace") for character in wide]
    common = sum(len(code) == 2 and code[0] in _COMMON_ROWS and code[1] >= 0xA1 for code in codes)
    return common, len(codes)


class _Utf8Reading:
    """Whether the bytes are strict UTF-8, and whether that could be an accident."""

    def __init__(self) -> None:
        self.is_valid = True
        self.bad_line = 0
        self._has_wide = False
        self._has_beyond = False
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def take(self, chunk: bytes, lines_before: int, *, final: bool = False) -> None:
        if not self.is_valid:
            return
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            self.is_valid = False
            self.bad_line = lines_before + chunk.count(b"\n", 0, error.start) + 1
            return
        self._has_wide |= not text.isascii()
        self._has_beyond = self._has_beyond or _BEYOND_TWO_BYTES.search(text) is not None

    @property
    def may_be_accident(self) -> bool:
        """Its only non-ASCII characters are of the kind that two-byte Chinese text imitates."""
        return self._has_wide and not self._has_beyond


class _Gb18030Reading:
    """Decodes as GB18030 while weighing whether the text is plausible Chinese; `bad_line` is where UTF-8 failed."""

    def __init__(self, file: str, bad_line: int = 0) -> None:
        self.file = file
        self.bad_line = bad_line
        self._decoder = codecs.getincrementaldecoder("gb18030")()
        self._common = self._wide = self._high = self._utf8_like = 0
        self._is_mixed = False

    def take(self, chunk: bytes, *, final: bool = False) -> str:
        runs = [len(run) for run in _CJK_IN_UTF8.findall(chunk)]
        self._high += len(chunk.translate(None, _HIGH))
        self._utf8_like += sum(runs)
        self._is_mixed = self._is_mixed or max(runs, default=0) >= _MIXED_RUN
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError:
            self._refuse_damaged()
            raise refusal(
                self.file,
                "encoding_unknown",
                "文件既不是 UTF-8 也不是 GB18030",
                "The file is neither UTF-8 nor GB18030",
            ) from None
        common, wide = _common_share(text)
        self._common, self._wide = self._common + common, self._wide + wide
        return text

    def _refuse_damaged(self) -> None:
        """Refuse what is UTF-8 but for some bytes, or for some rows pasted in from elsewhere."""
        where = ("混有别的编码", "is mixed with another encoding")
        if self._utf8_like * 2 >= self._high > 0:
            where = (f"第 {self.bad_line} 行有坏字节", f"has a damaged byte on line {self.bad_line}")
        elif not self._is_mixed:
            return
        raise refusal(
            self.file, "encoding_damaged", f"文件像是 UTF-8，但{where[0]}", f"The file looks like UTF-8 but {where[1]}"
        )

    def settle(self) -> None:
        """Refuse what decoded without an error but does not read as Chinese."""
        self._refuse_damaged()
        if not self.is_plausible:
            raise doubtful(self.file)

    @property
    def is_plausible(self) -> bool:
        return self._wide > 0 and self._common >= _PLAUSIBLE * self._wide


def _first_pass(file: str, source: Path) -> tuple[_ByteFacts, _Utf8Reading, bool]:
    facts, utf8, marked = _ByteFacts(file), _Utf8Reading(), False
    for number, chunk in enumerate(_chunks(source)):
        if number == 0:
            marked = chunk.startswith(UTF8_BOM)
            if chunk.startswith(_UTF16_MARKS):
                raise refusal(file, "encoding_utf16", "文件是 UTF-16 编码", "The file is in UTF-16")
        lines_before = facts.lines
        facts.take(chunk)
        utf8.take(chunk, lines_before)
    utf8.take(b"", facts.lines, final=True)
    return facts, utf8, marked


def _reads_as_gb18030(file: str, source: Path) -> bool:
    reading = _Gb18030Reading(file)
    try:
        for chunk in _chunks(source):
            reading.take(chunk)
        reading.take(b"", final=True)
    except FileRefused:
        return False
    return reading.is_plausible


def _rewrite(file: str, source: Path, into: Path, bad_line: int) -> None:
    reading = _Gb18030Reading(file, bad_line)
    with into.open("w", encoding="utf-8", newline="", errors="strict") as out:
        for chunk in _chunks(source):
            out.write(reading.take(chunk))
        out.write(reading.take(b"", final=True))
    reading.settle()


def decode(file: str, source: Path, scratch: Path) -> DecodedText:
    """The CSV as UTF-8, decoded into `scratch` where needed; raises `FileRefused` rather than read it wrongly."""
    facts, utf8, marked = _first_pass(file, source)
    digest = facts.digest.hexdigest()
    if utf8.is_valid:
        if not marked and utf8.may_be_accident and _reads_as_gb18030(file, source):
            raise refusal(
                file, "encoding_doubtful", "文件的编码无法确定", "The file's encoding cannot be told for sure"
            )
        return DecodedText(source, "UTF-8 BOM" if marked else "UTF-8", digest, facts.has_blank_lines)
    if marked:
        raise refusal(
            file,
            "encoding_damaged",
            f"文件是 UTF-8，但第 {utf8.bad_line} 行有坏字节",
            f"The file is UTF-8 but has a damaged byte on line {utf8.bad_line}",
        )
    decoded = scratch / "decoded.csv"
    _rewrite(file, source, decoded, utf8.bad_line)
    return DecodedText(decoded, "GB18030", digest, facts.has_blank_lines)
