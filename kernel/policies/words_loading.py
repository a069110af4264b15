"""The register of open words from `open-words/*.toml`, held against the policy book: a reading must be something the book can take."""

import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from kernel.policies.book import PolicyBook
from kernel.policies.data import read_data
from kernel.policies.declared import Declarations
from kernel.policies.lines import with_lines
from kernel.policies.overlay import Setting
from kernel.policies.reader import Reader, parsed
from kernel.policies.refusals import PolicyFilesInvalid, PolicyProblem, UnknownParameter, UnknownScheme, unreadable
from kernel.policies.values import Parameter
from kernel.policies.words import OpenWord, OpenWords, WordAlternative

FOLDER = "open-words"

_WORD_KEYS = ("id", "title", "question", "decides", "reference", "quote", "alternatives")
_ALTERNATIVE_KEYS = ("id", "title", "means", "only_compared", "sets")
_SETTING_KEYS = ("scheme", "parameter", "since", "until", "value", "silent")


def load_words(policies: Path, book: PolicyBook, declared: Declarations | None = None) -> OpenWords:
    """The register beside a directory of policies; without the folder it is empty. Raises `PolicyFilesInvalid` with all problems."""
    problems: list[PolicyProblem] = []
    files = sorted((policies / FOLDER).glob("*.toml"))
    words = [word for path in files for word in _words(path, book, problems)]
    _quoted(words, declared, problems)
    for name, times in Counter(word.id for word in words).items():
        if name and times > 1:
            Reader(FOLDER, "words", {}, problems).fail(name, "用了不止一次", "is used more than once")
    if problems:
        raise PolicyFilesInvalid(with_lines(problems, policies, files))
    return OpenWords(tuple(words))


def _quoted(words: list[OpenWord], declared: Declarations | None, problems: list[PolicyProblem]) -> None:
    if declared is None or not declared.documents:
        return
    for word in words:
        if word.quote and not declared.quotes(word.quote):
            Reader(FOLDER, word.id, {}, problems).fail(
                "quote", "通知原文里没有这句话，请照抄原文", "these words are not in the notice: copy them exactly"
            )


def _words(path: Path, book: PolicyBook, problems: list[PolicyProblem]) -> Iterator[OpenWord]:
    name = f"{FOLDER}/{path.name}"
    try:
        table = parsed(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(unreadable(name, error))
        return
    reader = Reader(name, "", table, problems)
    reader.only(("words",))
    for one in reader.tables("words"):
        yield _word(one, book)


def _word(reader: Reader, book: PolicyBook) -> OpenWord:
    reader.only(_WORD_KEYS)
    alternatives = tuple(_alternative(one, book) for one in reader.tables("alternatives"))
    if len({one.id for one in alternatives}) < max(2, len(alternatives)):
        reader.fail("alternatives", "至少要有两种编号不同的读法", "must be two readings or more, each with its own id")
    return OpenWord(
        id=reader.string("id"),
        title=reader.text("title"),
        question=reader.text("question"),
        decides=reader.text("decides"),
        reference=reader.string("reference"),
        alternatives=alternatives,
        quote=reader.optional_string("quote"),
    )


def _alternative(reader: Reader, book: PolicyBook) -> WordAlternative:
    reader.only(_ALTERNATIVE_KEYS)
    sets = tuple(one for one in (_setting(one, book) for one in reader.tables("sets")) if one is not None)
    if not sets:
        reader.fail("sets", "要写明这种读法设哪些参数", "must name the parameters that the reading sets")
    return WordAlternative(
        id=reader.string("id"),
        title=reader.text("title"),
        means=reader.text("means"),
        sets=sets,
        only_compared=reader.optional_text("only_compared"),
    )


def _setting(reader: Reader, book: PolicyBook) -> Setting | None:
    reader.only(_SETTING_KEYS)
    scheme, name = reader.string("scheme"), reader.string("parameter")
    parameter = _parameter(reader, book, scheme, name)
    since, until = reader.day("since"), reader.optional_day("until")
    if until is not None and until < since:
        reader.fail(
            "until", f"截止日 {until} 早于起始日 {since}", f"the last day {until} is before the first day {since}"
        )
    if parameter is None:
        return None
    silent = reader.table.get("silent", False)
    if silent is not False and (silent is not True or "value" in reader.table):
        reader.fail("silent", "只能写 true，并且不带 value", "can only be true, and without a value")
    data = None if silent is True else read_data(reader, parameter)
    return Setting(scheme, name, data, since, until)


def _parameter(reader: Reader, book: PolicyBook, scheme: str, name: str) -> Parameter | None:
    try:
        return book.scheme(scheme).parameter(name)
    except (UnknownScheme, UnknownParameter) as error:
        reader.fail("parameter", error.text.zh, error.text.en)
        return None
