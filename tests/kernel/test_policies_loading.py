"""A policy file that cannot be taken as written is refused with file, key and reason, and every problem is shown."""

from pathlib import Path

import pytest

from kernel.policies import PolicyBook, PolicyFilesInvalid

GOOD = """
scheme = "growth"
title = { zh = "增量奖励", en = "Growth reward" }

[[clauses]]
number = 7
kind = "A"
title = { zh = "增量奖励", en = "Growth reward" }
place = { zh = "正文 三", en = "main text, 3" }
beneficiary = { zh = "银行", en = "Banks" }
condition = { zh = "余额增加", en = "The balance grew" }
valid_from = 2022-01-01
valid_until = 2023-06-30
reference = "某文 三"
quote = "按照贷款余额增量的1%给予资金奖励"

[parameters.rate]
title = { zh = "比例", en = "Rate" }
type = "rate"

[[parameters.rate.values]]
since = 2022-01-01
until = 2023-06-30
value = "0.01"
reference = "某文 三"
origin = "notice"

[parameters.payer]
title = { zh = "承担方", en = "Payer" }
type = "choice"
choices = { city = { zh = "市级", en = "City" }, bank = { zh = "央行", en = "Central bank" } }
missing = { zh = "谁来承担", en = "who pays" }
"""


def write(directory: Path, text: str, name: str = "growth.toml") -> None:
    (directory / name).write_text(text, encoding="utf-8")


def problems(directory: Path) -> list[tuple[str, str, str, str]]:
    with pytest.raises(PolicyFilesInvalid) as refusal:
        PolicyBook.load(directory)
    return [(one.file, one.key, one.text.zh, one.text.en) for one in refusal.value.problems]


def test_a_good_file_is_taken(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert [scheme.id for scheme in PolicyBook.load(tmp_path).schemes] == ["growth"]


def test_a_byte_order_mark_in_front_does_no_harm(tmp_path: Path) -> None:
    write(tmp_path, "\ufeff" + GOOD)
    assert PolicyBook.load(tmp_path).scheme("growth").title.zh == "增量奖励"


@pytest.mark.parametrize(
    ("text", "key", "en"),
    [
        ("parameters = 1", "parameters", "must be tables [parameters.NAME]"),
        ("parameters = { rate = 1 }", "parameters.rate", "must be a table"),
        ("clauses = [1]", "clauses", "must be a list of [[clauses]]"),
        ('[parameters.a]\ntype = "list"\nchoices = ["b"]', "parameters.a.choices", "must be written CODE = { zh"),
        ("[parameters.a]\nvalues = 1", "parameters.a.values", "must be a list of [[parameters.a.values]]"),
        ('scheme = "two"', "-", "is not valid TOML in UTF-8"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, text: str, key: str, en: str) -> None:
    write(tmp_path, f'scheme = "one"\ntitle = {{ zh = "一", en = "One" }}\n{text}\n')
    assert any(one[1] == key and en in one[3] for one in problems(tmp_path))


@pytest.mark.parametrize(
    ("old", "new", "key", "en"),
    [
        ('scheme = "growth"', "", "scheme", "is missing"),
        ('scheme = "growth"', 'scheme = "Growth Reward"', "scheme", "names are lower-case letters, digits and “-”"),
        ('scheme = "growth"', 'scheme = "growth"\nowner = "me"', "owner", "unknown key; the keys are: scheme, title"),
        ('title = { zh = "增量奖励", en = "Growth reward" }', 'title = "增量奖励"', "title", "must be written { zh"),
        ('en = "Rate" }', 'en = "" }', "parameters.rate.title", "must be written { zh"),
        ("until = 2023-06-30\nvalue", "untill = 2023-06-30\nvalue", "parameters.rate.values[0].untill", "unknown key"),
        ("since = 2022-01-01", 'since = "2022-01-01"', "parameters.rate.values[0].since", "must be a date such as"),
        ("since = 2022-01-01", "since = 2022-01-01T00:00:00", "parameters.rate.values[0].since", "must be a date"),
        ("since = 2022-01-01", "", "parameters.rate.values[0].since", "is missing"),
        ("since = 2022-01-01", "since = 2024-01-01", "parameters.rate.values[0].until", "is before the first day"),
        ("valid_until = 2023-06-30", "valid_until = 2021-06-30", "clauses[0].valid_until", "is before the first day"),
        ('value = "0.01"', "value = 0.01", "parameters.rate.values[0].value", "floats are forbidden"),
        ('value = "0.01"', "value = [0.01]", "parameters.rate.values[0].value", "floats are forbidden"),
        ('value = "0.01"', "value = 1", "parameters.rate.values[0].value", "a rate is a decimal in quotes"),
        ('value = "0.01"', 'value = "1%"', "parameters.rate.values[0].value", "a rate is a decimal in quotes"),
        ('value = "0.01"', 'value = "1e-2"', "parameters.rate.values[0].value", "a rate is a decimal in quotes"),
        ('value = "0.01"', 'value = "nan"', "parameters.rate.values[0].value", "a rate is a decimal in quotes"),
        ('value = "0.01"', 'value = "０.０１"', "parameters.rate.values[0].value", "a rate is a decimal in quotes"),
        ('value = "0.01"', "", "parameters.rate.values[0].value", "is missing"),
        ('reference = "某文 三"\norigin', "origin", "parameters.rate.values[0].reference", "is missing"),
        ('"某文 三"\norigin = "notice"', '"某文 三"', "parameters.rate.values[0].origin", "is missing"),
        ('origin = "notice"', 'origin = "habit"', "parameters.rate.values[0].origin", "is not one of: notice, rule"),
        ('origin = "notice"', 'origin = "default"', "parameters.rate.values[0].reference", "of a default must say"),
        (
            '"某文 三"\norigin',
            '"默认，未定 / default, undecided"\norigin',
            "parameters.rate.values[0].origin",
            "the reference says default: origin must be default",
        ),
        ('type = "rate"', 'type = "percent"', "parameters.rate.type", "“percent” is not one of: rate, yuan"),
        ('type = "rate"', 'type = "choice"', "parameters.rate.choices", "a choice must list its choices"),
        ("missing = {", "note = {", "parameters.payer.values", "say what is missing with `missing`"),
        ('kind = "A"', 'kind = "B"', "clauses[0].kind", "is not one of: A, P, T, G"),
        ('kind = "A"', 'kind = "T"', "clauses[0].runs_by", "is missing"),
        ('kind = "A"', 'kind = "P"', "clauses[0].missing", "is missing"),
        ('kind = "A"', 'kind = "P"', "clauses[0].waits_for", "a P clause must name the parameter it waits for"),
        ('kind = "A"', 'kind = "A"\nwaits_for = ["rate"]', "clauses[0].waits_for", "is not a parameter with `missing`"),
        ("number = 7", 'number = "7"', "clauses[0].number", "must be a positive whole number"),
        ('quote = "按照', 'note = "按照', "clauses[0].quote", "is missing"),
        ("[[clauses]]", "[clauses]", "clauses", "must be a list of [[clauses]]"),
        ("[parameters.rate]", "[parameters.Rate-1]", "parameters.Rate-1", "names are lower-case letters"),
    ],
)
def test_what_is_wrong_is_told_by_key_and_reason(tmp_path: Path, old: str, new: str, key: str, en: str) -> None:
    assert old in GOOD
    write(tmp_path, GOOD.replace(old, new, 1))
    found = problems(tmp_path)
    assert any(one[0] == "growth.toml" and one[1] == key and en in one[3] for one in found), found
    assert all(zh and zh != en for _, _, zh, en in found)


@pytest.mark.parametrize(
    ("kind", "value", "en"),
    [
        ("yuan", '"1,000.00"', "an amount is yuan in quotes"),
        ("yuan", '"0.001"', "an amount is yuan in quotes"),
        ("yuan", "1000", "an amount is yuan in quotes"),
        ("yuan", '"9999999999999999"', "an amount is yuan in quotes"),
        ("yuan", "1000.00", "floats are forbidden"),
        ("integer", '"5"', "must be a whole number, unquoted"),
        ("integer", "true", "must be a whole number, unquoted"),
        ("flag", '"yes"', "must be true or false"),
        ("flag", "1", "must be true or false"),
        ("text", "5", "must be a text, not empty"),
        ("date", '"2022-01-01"', "must be a date such as"),
        ("list", '"small"', "must be a list of codes"),
        ("list", '["small", 1]', "must be a list of codes"),
        ("list", '["small", "small"]', "has a code twice"),
        ("table", '"small"', "must be a table, not empty"),
        ("table", "{}", "must be a table, not empty"),
        ("table", '{ a = "1" }', "must be a whole number, unquoted"),
        ("table", "{ a = 0.5 }", "floats are forbidden"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, kind: str, value: str, en: str) -> None:
    write(tmp_path, GOOD.replace('type = "rate"', f'type = "{kind}"').replace('value = "0.01"', f"value = {value}"))
    assert [one[3] for one in problems(tmp_path) if en in one[3]] != []


@pytest.mark.parametrize(("kind", "value"), [("choice", '"village"'), ("list", '["city", "village"]')])
def test_a_code_that_is_no_choice_is_refused(tmp_path: Path, kind: str, value: str) -> None:
    choices = 'choices = { city = { zh = "市级", en = "City" } }'
    text = GOOD.replace('type = "rate"', f'type = "{kind}"\n{choices}').replace('value = "0.01"', f"value = {value}")
    write(tmp_path, text)
    assert [(key, "village" in en) for _, key, _, en in problems(tmp_path)] == [
        ("parameters.rate.values[0].value", True)
    ]


def test_a_key_of_a_table_that_is_no_choice_is_refused(tmp_path: Path) -> None:
    kind = 'type = "table"\nchoices = { city = { zh = "市级", en = "City" } }'
    write(tmp_path, GOOD.replace('type = "rate"', kind).replace('value = "0.01"', "value = { village = 1 }"))
    assert [en for *_, en in problems(tmp_path)] == ["not among the choices: village"]


def test_overlapping_values_are_refused(tmp_path: Path) -> None:
    second = '[[parameters.rate.values]]\nsince = 2023-06-30\nvalue = "0.02"\nreference = "另文"\norigin = "rule"\n'
    write(tmp_path, GOOD.replace("[parameters.payer]", second + "[parameters.payer]"))
    ((_, key, _, en),) = problems(tmp_path)
    assert (key, en) == ("parameters.rate.values", "the values since 2022-01-01 and since 2023-06-30 overlap")


def test_an_open_value_overlaps_every_later_one(tmp_path: Path) -> None:
    second = '[[parameters.rate.values]]\nsince = 2030-01-01\nvalue = "0.02"\nreference = "另文"\norigin = "rule"\n'
    opened = GOOD.replace("until = 2023-06-30\nvalue", "value")
    write(tmp_path, opened.replace("[parameters.payer]", second + "[parameters.payer]"))
    assert [en for *_, en in problems(tmp_path)] == ["the values since 2022-01-01 and since 2030-01-01 overlap"]


def test_a_scheme_in_two_files_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.toml")
    write(tmp_path, GOOD.replace("number = 7", "number = 8"), "b.toml")
    assert [(file, key) for file, key, *_ in problems(tmp_path)] == [("b.toml", "scheme")]


def test_a_clause_number_used_twice_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD, "a.toml")
    write(tmp_path, GOOD.replace('scheme = "growth"', 'scheme = "other"'), "b.toml")
    ((file, key, _, en),) = problems(tmp_path)
    assert (file, key, en) == ("b.toml", "clauses.number", "clause 7 is already in a.toml")


def test_all_problems_of_all_files_are_shown_at_once(tmp_path: Path) -> None:
    write(tmp_path, GOOD.replace('value = "0.01"', "value = 0.01").replace('kind = "A"', 'kind = "B"'), "a.toml")
    write(tmp_path, "scheme = [", "b.toml")
    (tmp_path / "c.toml").write_bytes("scheme = '中'".encode("gb18030"))
    assert {file for file, *_ in problems(tmp_path)} == {"a.toml", "b.toml", "c.toml"}
    with pytest.raises(PolicyFilesInvalid) as refusal:
        PolicyBook.load(tmp_path)
    assert refusal.value.text.zh.startswith(
        "政策文件有 4 处要改：\na.toml:24：parameters.rate.values[0].value：不能用浮点数"
    )


def test_a_directory_without_policies_is_refused(tmp_path: Path) -> None:
    assert [(key, en) for _, key, _, en in problems(tmp_path)] == [
        ("*.toml", "no policy file (*.toml) in this directory")
    ]
