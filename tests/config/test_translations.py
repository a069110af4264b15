"""Every word is said in both languages: the marked words by the catalogues, no line of which is stale, and the texts of the code."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)s")
ROOMS = ("kernel", "settlement", "matchmaking")
KEPT_NAMES = re.compile(
    "平政办〔2022〕15号|信易贷|万元|是/否"
)  # what a document, a platform and the writing of files are called
CHINESE = re.compile("[\u4e00-\u9fff]")


@cache
def marked_words(room: str) -> set[str]:
    found = extract_from_dir(ROOT / room, METHODS, {"**/templates/**.html": {"silent": "false"}})
    return {
        message[0] if isinstance(message, tuple) else message for _file, _line, message, _comments, _context in found
    }


def catalogue_of(room: str) -> Catalog:
    with (ROOT / room / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        return read_po(file)


@pytest.mark.parametrize("room", ROOMS)
def test_no_word_is_left_untranslated(room: str) -> None:
    english = {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in catalogue_of(room) if m.id and not m.fuzzy}
    words = marked_words(room)
    assert words
    missing = [word for word in sorted(words) if word not in english or not all(_strings(english[word].string))]
    assert missing == []
    for word in words:
        for string in _strings(english[word].string):
            assert set(PLACEHOLDER.findall(string)) <= set(PLACEHOLDER.findall(word)), word
            assert not CHINESE.search(KEPT_NAMES.sub("", string)), (word, string)


@pytest.mark.parametrize("room", ROOMS)
def test_the_catalogue_holds_no_line_that_nothing_says_any_more(room: str) -> None:
    catalogue = catalogue_of(room)
    kept = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id}
    assert sorted(kept - marked_words(room)) == []
    assert sorted(catalogue.obsolete) == []
    assert [m.id for m in catalogue if m.id and m.fuzzy] == []


def written_texts(path: Path) -> Iterator[tuple[int, str, str]]:
    """The line, the Chinese and the English of every `Text(zh, en)` and every raised error whose words stand in the code."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    raised = {id(node.exc) for node in ast.walk(tree) if isinstance(node, ast.Raise)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        is_text = isinstance(node.func, ast.Name) and node.func.id == "Text"
        words = [_words(one) for one in node.args]
        pair = words if is_text else _said(words) if id(node) in raised else []
        if len(pair) == 2 and pair[0] is not None and pair[1] is not None:
            yield node.lineno, pair[0], pair[1]


def _said(words: list[str | None]) -> list[str | None]:
    """The Chinese of an error and what follows it."""
    first = next((at for at, word in enumerate(words) if word and CHINESE.search(word)), len(words))
    return words[first : first + 2]


def _words(node: ast.expr) -> str | None:
    """The fixed words of a string or an f-string; None for anything else."""
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "…" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def test_every_text_of_the_code_is_said_in_both_languages() -> None:
    """A measure word such as 个 or 年 may have no English; a sentence must, and none may be left in Chinese."""
    wrong, seen = [], 0
    for room in (*ROOMS, "config"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for line, zh, en in written_texts(path):
                seen += 1
                is_silent = len(CHINESE.findall(zh)) > 3 and not en.strip()
                is_chinese = CHINESE.search(KEPT_NAMES.sub("", en)) is not None
                if is_silent or is_chinese or (en.strip() and not zh.strip() and path.name != "samples.py"):
                    wrong.append(f"{path.relative_to(ROOT)}:{line}: {zh} / {en}")
    assert seen > 1500
    assert wrong == []


def test_the_scan_of_the_code_finds_what_is_left_in_one_language(tmp_path: Path) -> None:
    code = tmp_path / "code.py"
    code.write_text('raise Conflict("gone", "已经没有了", f"没有了 {name}")\nText("是", "yes")\n', encoding="utf-8")
    assert list(written_texts(code)) == [(1, "已经没有了", "没有了 …"), (2, "是", "yes")]


def _strings(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


def test_pages_hold_no_chinese_outside_the_marked_words() -> None:
    """Outside `{{ _("…") }}` and comments a template is language-free."""
    marked = re.compile(r"\{#.*?#\}|\{\{.*?\}\}|\{%.*?%\}", re.S)
    loose = {}
    for path in sorted(ROOT.glob("*/**/templates/**/*.html")):
        if ".venv" in path.parts or path.name in {"design.html", "api_docs.html"}:
            continue
        left = re.findall(r"[\u4e00-\u9fff]+", marked.sub("", path.read_text()))
        if [word for word in left if word not in {"银企", "中文"}]:
            loose[str(path.relative_to(ROOT))] = left
    assert loose == {}
