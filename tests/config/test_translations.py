"""Every word that the pages and views mark for translation has an English line, with the same values filled in."""

import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

ROOT = Path(__file__).parent.parent.parent
METHODS = [("**.py", "python"), ("**/templates/**.html", "jinja2")]
PLACEHOLDER = re.compile(r"%\(\w+\)s")


def marked_words(room: str) -> set[str]:
    found = extract_from_dir(ROOT / room, METHODS, {"**/templates/**.html": {"silent": "false"}})
    return {
        message[0] if isinstance(message, tuple) else message for _file, _line, message, _comments, _context in found
    }


@pytest.mark.parametrize("room", ["kernel", "settlement", "matchmaking"])
def test_no_word_is_left_untranslated(room: str) -> None:
    with (ROOT / room / "translations/en/LC_MESSAGES/messages.po").open("rb") as file:
        catalogue = read_po(file)
    english = {m.id[0] if isinstance(m.id, tuple) else m.id: m for m in catalogue if m.id and not m.fuzzy}
    words = marked_words(room)
    assert words
    missing = [word for word in sorted(words) if word not in english or not all(_strings(english[word].string))]
    assert missing == []
    for word in words:
        for string in _strings(english[word].string):
            assert set(PLACEHOLDER.findall(string)) <= set(PLACEHOLDER.findall(word)), word
            left = re.sub("平政办〔2022〕15号|信易贷", "", string)  # a document and a platform keep their names
            assert not re.search(r"[\u4e00-\u9fff]", left), (word, string)


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
