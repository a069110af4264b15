"""The register of open words: every reading is something the book can take, and the reading in force is told by the book alone."""

from datetime import date
from pathlib import Path

import pytest

from kernel.errors import NotFound
from kernel.policies import OpenWords, PolicyBook, PolicyFilesInvalid, Setting, Source, load_words, overlaid

POLICIES = Path(__file__).parents[3] / "config" / "policies"
BOOK = PolicyBook.load(POLICIES)
WORDS = load_words(POLICIES, BOOK)
DAY = date(2022, 9, 30)
READING = Source("另一种读法", "what_if")

WORD = """
[[words]]
id = "basis"
title = { zh = "基数", en = "Base" }
question = { zh = "比哪一天", en = "Which day" }
decides = { zh = "财政局", en = "The bureau" }
reference = "三"
[[words.alternatives]]
id = "one"
title = { zh = "一", en = "One" }
means = { zh = "一", en = "One" }
[[words.alternatives.sets]]
scheme = "growth-reward"
parameter = "basis"
since = 2022-01-01
value = "previous_quarter_end"
[[words.alternatives]]
id = "two"
title = { zh = "二", en = "Two" }
means = { zh = "二", en = "Two" }
[[words.alternatives.sets]]
scheme = "growth-reward"
parameter = "basis"
since = 2022-01-01
value = "high_water_mark"
"""


def loaded(folder: Path, text: str) -> OpenWords:
    (folder / "open-words").mkdir()
    (folder / "open-words" / "one.toml").write_text(text, encoding="utf-8")
    return load_words(folder, BOOK)


def test_the_register_has_every_word_of_the_domain() -> None:
    assert [word.id for word in WORDS.words] == [
        *("payer", "central_bank_deduction", "basis", "first_base_date", "falling_quarter", "borrower_area"),
        *("credit_line_limit_inclusive", "inner_districts", "odd_fen"),
        *("fee_formula", "fee_benchmark", "fee_ceiling", "fee_cap", "rounding"),
        *("full_load", "reaching_scale_window", "provincial_and_national", "fund_of_recognitions", "budget_shortage"),
    ]


def test_the_files_follow_one_reading_of_every_word_but_those_without_a_document() -> None:
    in_force = {
        word.id: word.in_force(BOOK, date(2022, 3, 31) if word.id == "full_load" else DAY) for word in WORDS.words
    }
    assert [name for name, reading in in_force.items() if reading is None] == ["payer", "central_bank_deduction"]
    assert all(reading is WORDS.word(name).alternatives[0] for name, reading in in_force.items() if reading)


@pytest.mark.parametrize("name", [word.id for word in WORDS.words])
def test_each_reading_holds_in_the_book_it_makes_and_no_other_reading_does(name: str) -> None:
    word = WORDS.word(name)
    day = date(2022, 3, 31) if name in {"full_load", "reaching_scale_window"} else DAY
    for one in word.alternatives:
        book = one.applied(BOOK, READING)
        assert word.in_force(book, day) is one
        assert [other.id for other in word.alternatives if other.holds_in(book, day)] == [one.id]


def test_a_decision_moves_the_register_to_another_reading() -> None:
    setting = Setting("growth-reward", "basis", "high_water_mark", date(2022, 7, 1))
    book = overlaid(BOOK, [(setting, Source("平财〔2022〕31号", "decision", decision="D-0001"))])
    word = WORDS.word("basis")
    readings = [word.in_force(book, day) for day in (date(2022, 6, 30), DAY)]
    assert [reading.id if reading else None for reading in readings] == ["previous_quarter_end", "high_water_mark"]
    assert [value.decision for value in word.values_in_force(book, DAY)] == ["D-0001"]


def test_a_reading_from_a_later_day_leaves_earlier_days_alone() -> None:
    rate = WORDS.word("first_base_date").alternative("before_signing").sets[1]
    assert rate.from_day(date(2022, 4, 1)) is None
    later = rate.from_day(date(2022, 3, 1))
    assert later is not None
    assert (later.since, later.until) == (date(2022, 3, 1), date(2022, 3, 31))


def test_unknown_names_are_answered_with_the_known_ones() -> None:
    with pytest.raises(NotFound, match="fee_formula"):
        WORDS.word("formula")
    with pytest.raises(NotFound, match="high_water_mark"):
        WORDS.word("basis").alternative("highest")


def test_a_folder_without_a_register_has_no_words(tmp_path: Path) -> None:
    assert load_words(tmp_path, BOOK).words == ()


def test_a_register_is_read_as_written(tmp_path: Path) -> None:
    (word,) = loaded(tmp_path, WORD).words
    assert (word.id, [one.id for one in word.alternatives]) == ("basis", ["one", "two"])


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        ('"basis"\nsince', '"bases"\nsince', "没有参数“bases”"),
        ('scheme = "growth-reward"', 'scheme = "growth"', "没有“growth”这个政策"),
        ('"high_water_mark"', '"highest"', "不在可选项里"),
        ("since = 2022-01-01", "since = 2022-01-01\nuntil = 2021-12-31", "早于起始日"),
        ('id = "two"', 'id = "one"', "至少要有两种编号不同的读法"),
        ('reference = "三"', 'reference = "三"\nanswer = "一"', "不认识的键"),
        ('value = "high_water_mark"', 'value = "high_water_mark"\nsilent = true', "只能写 true，并且不带 value"),
        ('value = "high_water_mark"', "", "缺这一项"),
        ('question = { zh = "比哪一天", en = "Which day" }', "", "缺这一项"),
        ("[[words]]", "[words", "不是有效的 TOML"),
    ],
)
def test_a_register_that_the_book_cannot_follow_is_refused_with_file_key_and_reason(
    tmp_path: Path, wrong: str, right: str, said: str
) -> None:
    assert wrong in WORD
    with pytest.raises(PolicyFilesInvalid) as refusal:
        loaded(tmp_path, WORD.replace(wrong, right, 1) if wrong != 'id = "two"' else WORD.replace(wrong, right))
    assert said in refusal.value.text.zh
    assert "open-words/one.toml" in refusal.value.text.zh


def test_a_word_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyFilesInvalid, match="用了不止一次"):
        loaded(tmp_path, WORD + WORD)
