"""The guide of words, docs/words.md, holds everywhere: no word it forbids, no bare button, one English for one Chinese word."""

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache

from tests.config.test_translations import ROOMS, ROOT, catalogue_of, written_texts

GUIDE = (ROOT / "docs" / "words.md").read_text(encoding="utf-8")
BARE = ("确定", "取消", "提交", "OK", "Cancel", "Submit")
BUTTON = re.compile(r"""(?:button|post_button|link_button)\(_\("([^"]+)"\)|<button[^>]*>\{\{ _\("([^"]+)"\) \}\}""")


@cache
def never_said() -> list[str]:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", GUIDE.split("## Never")[1].split("##")[0], re.M)
    return [word for word in rows if word != "never"]


def both(string: str | tuple[str, ...]) -> tuple[str, ...]:
    return string if isinstance(string, tuple) else (string,)


def words_of_pages() -> Iterator[tuple[str, str, str]]:
    """The catalogue, the Chinese and the English of every word that a page says."""
    for room in ROOMS:
        for message in catalogue_of(room):
            for zh, en in zip(both(message.id), both(message.string), strict=True):
                if zh:
                    yield room, zh, en


def words_of_code() -> Iterator[tuple[str, str, str]]:
    """The file, the Chinese and the English of every text of the code."""
    for room in (*ROOMS, "config"):
        for path in sorted((ROOT / room).rglob("*.py")):
            for line, zh, en in written_texts(path):
                yield f"{path.relative_to(ROOT)}:{line}", zh, en


def forbidden_in(text: str) -> list[str]:
    return [word for word in never_said() if word.lower() in text.lower()]


def test_the_guide_names_what_is_never_said() -> None:
    assert len(never_said()) >= 20
    assert forbidden_in("操作失败，请联系管理员！") == ["操作失败", "请联系管理员", "！"]
    assert forbidden_in("An error occurred. Your white list …") == ["white list", "error occurred"]


def test_no_page_and_no_error_says_what_the_guide_forbids() -> None:
    said = [*words_of_pages(), *words_of_code()]
    assert len(said) > 4000
    assert {(place, text): found for place, *texts in said for text in texts if (found := forbidden_in(text))} == {}


def test_every_button_names_what_happens() -> None:
    named, bare = 0, []
    for path in sorted(ROOT.glob("*/**/templates/**/*.html")):
        for words in BUTTON.findall(path.read_text(encoding="utf-8")):
            named += 1
            bare += [f"{path.relative_to(ROOT)}: {word}" for word in words if word in BARE]
    assert named > 200
    assert bare == []


def test_a_chinese_word_has_one_english_whichever_catalogue_says_it() -> None:
    english: dict[str, set[str]] = defaultdict(set)
    for room in ROOMS:
        for message in catalogue_of(room):
            if message.id:
                english[both(message.id)[0]].add(" / ".join(both(message.string)))
    assert len(english) > 2000
    assert {word: said for word, said in english.items() if len(said) > 1} == {}
