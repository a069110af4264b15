"""From the bytes of a text file to its text: strict UTF-8 with or without BOM, else GB18030, else a refusal.

Nearly every short UTF-8 text in Chinese also decodes as GB18030, wrongly and without an error, and the reverse happens
too. So a guess that is not plausible is refused with advice, never taken.
"""

import re

from kernel.bilingual import Text
from kernel.tables.faults import FileRefused, whole_file

UTF8_BOM = b"\xef\xbb\xbf"
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\ud800-\udfff\ufffe\uffff\U000f0000-\U0010ffff]"
)
_SAVE_AGAIN = Text(
    "请在表格软件里另存为“CSV UTF-8”再上传",
    "save it again from the spreadsheet as “CSV UTF-8” and file that",
)


def _refusal(file: str, rule: str, zh: str, en: str) -> FileRefused:
    return whole_file(file, rule, Text(f"{zh}；{_SAVE_AGAIN.zh}", f"{en}; {_SAVE_AGAIN.en}"))


def _common_share(text: str) -> float:
    """Share of the two-byte characters that are everyday Chinese (GB 2312 level 1 or its punctuation)."""
    wide = [character.encode("gb18030") for character in text if ord(character) > 127]
    common = sum(len(code) == 2 and 0xA1 <= code[0] <= 0xD7 and code[1] >= 0xA1 for code in wide)
    return common / len(wide) if wide else 1.0


def _from_gb18030(file: str, content: bytes, error: UnicodeDecodeError) -> str:
    loose = content.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    wide = sum(ord(character) > 0x7FF for character in loose) - broken
    if wide >= broken:
        line = content[: error.start].count(b"\n") + 1
        raise _refusal(
            file,
            "encoding_damaged",
            f"文件像是 UTF-8，但第 {line} 行有坏字节",
            f"The file looks like UTF-8 but has a damaged byte on line {line}",
        ) from None
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError:
        raise _refusal(
            file, "encoding_unknown", "文件既不是 UTF-8 也不是 GB18030", "The file is neither UTF-8 nor GB18030"
        ) from None
    if _common_share(text) < 0.5:
        raise _refusal(file, "encoding_doubtful", "文件的编码无法确定", "The file's encoding cannot be told for sure")
    return text


def _is_ambiguous(text: str, content: bytes) -> bool:
    """UTF-8 by the letter, but its only non-ASCII characters are of the kind that two-byte Chinese text imitates."""
    wide = [character for character in text if ord(character) > 127]
    if not wide or max(map(ord, wide)) > 0x7FF:
        return False
    try:
        other = content.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return _common_share(other) >= 0.5


def decode(file: str, content: bytes) -> str:
    """The text of a CSV file; raises `FileRefused` rather than decode it wrongly."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _refusal(file, "encoding_utf16", "文件是 UTF-16 编码", "The file is in UTF-16")
    marked = content.startswith(UTF8_BOM)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if marked:
            raise _refusal(file, "encoding_damaged", "文件有坏字节", "The file has damaged bytes") from None
        text = _from_gb18030(file, content, error)
    else:
        if not marked and _is_ambiguous(text, content):
            raise _refusal(
                file, "encoding_doubtful", "文件的编码无法确定", "The file's encoding cannot be told for sure"
            )
    bad = _FORBIDDEN.search(text)
    if bad is not None:
        line = text.count("\n", 0, bad.start()) + 1
        raise _refusal(
            file,
            "forbidden_character",
            f"第 {line} 行有不能接受的字符 U+{ord(bad[0]):04X}",
            f"Line {line} has a character that cannot be accepted, U+{ord(bad[0]):04X}",
        )
    return text
