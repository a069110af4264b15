"""From TOML files to schemes. What is wrong is collected over all files and told with file, key and reason."""

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import cast

from kernel.bilingual import Text
from kernel.policies.checking import misspelt, problems_of
from kernel.policies.clauses import CLAUSE_KINDS, Clause, ClauseKind
from kernel.policies.data import read_data
from kernel.policies.declared import Declarations, Declared
from kernel.policies.lines import with_lines
from kernel.policies.reader import Reader, parsed
from kernel.policies.refusals import PolicyProblem, unreadable
from kernel.policies.schemes import Scheme
from kernel.policies.values import ENTRY_TYPES, ORIGINS, TYPES, Origin, Parameter, Value

UNDECIDED = Text("默认，未定", "default, undecided")
UNDECIDED_MARK = f"{UNDECIDED.zh} / {UNDECIDED.en}"

_SCHEME_KEYS = ("scheme", "title", "clauses", "parameters")
_CLAUSE_KEYS = (
    *("number", "kind", "title", "place", "beneficiary", "condition", "amount", "cap", "payer"),
    *("valid_from", "valid_until", "reference", "quote", "runs_by", "missing", "note", "waits_for"),
)
_PARAMETER_KEYS = ("title", "type", "unit", "choices", "entries", "missing", "values")
_VALUE_KEYS = ("since", "until", "value", "reference", "origin", "note", "quote")


def read_directory(directory: Path, declared: Declarations | None = None) -> tuple[list[Scheme], list[PolicyProblem]]:
    """All schemes of a directory and everything that is wrong with its files; without declarations their form alone is judged."""
    problems: list[PolicyProblem] = []
    files = sorted(directory.glob("*.toml"))
    if not files:
        nowhere = Text("这个目录里没有政策文件（*.toml）", "no policy file (*.toml) in this directory")
        problems.append(PolicyProblem(str(directory), "*.toml", nowhere))
    read = [(path.name, _read_file(path, problems, declared)) for path in files]
    found = [(file, scheme) for file, scheme in read if scheme is not None]
    _unique_schemes(found, problems)
    _unique_clauses(found, problems)
    if declared is not None:
        _held_against(declared, found, problems)
    return [scheme for _, scheme in found], with_lines(problems, directory, files)


def _held_against(declared: Declarations, found: list[tuple[str, Scheme]], problems: list[PolicyProblem]) -> None:
    """What whole schemes are checked for, in files whose form is right."""
    present, faulty = {scheme.id for _, scheme in found}, {problem.file for problem in problems}
    for file, scheme in found:
        near = misspelt(file, scheme.id, present, declared)
        if near is not None:
            problems.append(near)
        if file not in faulty:
            problems.extend(problems_of(file, scheme, declared))


def _read_file(path: Path, problems: list[PolicyProblem], declared: Declarations | None) -> Scheme | None:
    try:
        table = parsed(path.read_text(encoding="utf-8-sig"))  # editors on Windows put a BOM in front
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        problems.append(unreadable(path.name, error))
        return None
    return _scheme(Reader(path.name, "", table, problems), declared)


def _scheme(reader: Reader, declared: Declarations | None) -> Scheme:
    reader.only(_SCHEME_KEYS)
    name, title = _name(reader, "scheme", reader.string("scheme"), "-"), reader.text("title")
    parameters = tuple(_parameter(key, one, name, declared) for key, one in reader.named_tables("parameters").items())
    clauses = tuple(_clause(one, name, parameters, declared) for one in reader.tables("clauses"))
    return Scheme(name, title, clauses, parameters)


def _name(reader: Reader, key: str, name: str, joint: str) -> str:
    if name and not (name.replace(joint, "").isalnum() and name.isascii() and name == name.lower()):
        reader.fail(key, f"名称只用小写字母、数字和“{joint}”", f"names are lower-case letters, digits and “{joint}”")
    return name


def _clause(reader: Reader, scheme: str, parameters: tuple[Parameter, ...], declared: Declarations | None) -> Clause:
    reader.only(_CLAUSE_KEYS)
    kind = cast(ClauseKind, reader.one_of("kind", CLAUSE_KINDS))
    first, last = reader.day("valid_from"), reader.optional_day("valid_until")
    _in_order(reader, "valid_until", first, last)
    return Clause(
        number=_clause_number(reader),
        kind=kind,
        scheme=scheme,
        title=reader.text("title"),
        place=reader.text("place"),
        beneficiary=reader.text("beneficiary"),
        condition=reader.text("condition"),
        amount=reader.optional_text("amount"),
        cap=reader.optional_text("cap"),
        payer=reader.optional_text("payer"),
        valid_from=first,
        valid_until=last,
        reference=reader.string("reference"),
        quote=_quote(reader, declared) or "",
        runs_by=reader.text("runs_by") if kind in ("T", "G") else reader.optional_text("runs_by"),
        missing=reader.text("missing") if kind == "P" else reader.optional_text("missing"),
        note=reader.optional_text("note"),
        waits_for=_waits_for(reader, kind, parameters),
        computed=declared is None or scheme in declared.by_scheme,
    )


def _waits_for(reader: Reader, kind: ClauseKind, parameters: tuple[Parameter, ...]) -> tuple[Parameter, ...]:
    """The named parameters, each of which must say what is `missing`; a P clause waits for at least one."""
    open_points = {parameter.name: parameter for parameter in parameters if parameter.missing is not None}
    names = reader.codes("waits_for") if "waits_for" in reader.table else ()
    for name in names:
        if name not in open_points:
            reader.fail("waits_for", f"“{name}”不是带 missing 的参数", f"“{name}” is not a parameter with `missing`")
    if kind == "P" and not names:
        reader.fail("waits_for", "P 类条款要写明等哪个参数的决定", "a P clause must name the parameter it waits for")
    return tuple(open_points[name] for name in names if name in open_points)


def _clause_number(reader: Reader) -> int:
    number = reader.table.get("number")
    if type(number) is int and number > 0:
        return number
    reader.fail("number", "条款号应当是正整数", "the clause number must be a positive whole number")
    return 0


def _parameter(name: str, reader: Reader, scheme: str, declarations: Declarations | None) -> Parameter:
    reader.only(_PARAMETER_KEYS)
    _name(reader, "", name, "_")
    kind = reader.one_of("type", TYPES)
    reads = None if declarations is None else declarations.by_scheme.get(scheme)
    declared = None if reads is None else reads.by_name.get(name)
    bare = Parameter(
        name=name,
        title=reader.text("title"),
        type=kind,
        values=(),
        unit=reader.optional_text("unit"),
        choices=_choices(reader, kind),
        entries=reader.one_of("entries", ENTRY_TYPES) if "entries" in reader.table else "integer",
        missing=reader.optional_text("missing"),
        declared=declared,
    )
    if declared is not None and not _fits(reader, bare, declared):
        return bare
    values = sorted((_value(one, bare, declarations) for one in reader.tables("values")), key=lambda value: value.since)
    _no_overlap(reader, values)
    if not values and bare.missing is None:
        reader.fail(
            "values",
            "没有值；如果要等文件决定，请用 missing 写明缺什么",
            "has no value; if a document must set it, say what is missing with `missing`",
        )
    return replace(bare, values=tuple(values))


def _fits(reader: Reader, parameter: Parameter, declared: Declared) -> bool:
    """Whether the file's type, entries and choices are those that the code reads."""
    before = len(reader.problems)
    for key, written, read in (
        ("type", parameter.type, declared.type),
        ("entries", parameter.entries if parameter.type == "table" else declared.entries, declared.entries),
    ):
        if written != read:
            reader.fail(key, f'程序按“{read}”读，请写 {key} = "{read}"', f'is read as “{read}”: write {key} = "{read}"')
    unknown = [code for code in parameter.choices if declared.codes and code not in declared.codes]
    if unknown:
        names, known = ", ".join(unknown), ", ".join(sorted(declared.codes))
        reader.fail(
            "choices", f"程序不会算“{names}”；会算的：{known}", f"nothing computes “{names}”; what is computed: {known}"
        )
    if parameter.missing is not None and not declared.waits and "values" not in reader.table:
        reader.fail(
            "values",
            "没有它就算不了，不能只写 missing",
            "nothing can be computed without it: `missing` alone is not enough",
        )
    return len(reader.problems) == before


def _choices(reader: Reader, kind: str) -> dict[str, Text]:
    if "choices" not in reader.table:
        if kind == "choice":
            reader.fail("choices", "choice 类型要列出可选项", "a choice must list its choices")
        return {}
    inner = reader.table["choices"]
    if not isinstance(inner, dict):
        reader.fail(
            "choices", '应当写成 代码 = { zh = "…", en = "…" }', 'must be written CODE = { zh = "…", en = "…" }'
        )
        return {}
    titles = Reader(reader.file, reader.key("choices"), inner, reader.problems)
    return {code: titles.text(code) for code in inner}


def _value(reader: Reader, parameter: Parameter, declared: Declarations | None) -> Value:
    reader.only(_VALUE_KEYS)
    since, until = reader.day("since"), reader.optional_day("until")
    _in_order(reader, "until", since, until)
    origin = cast(Origin, reader.one_of("origin", ORIGINS))
    reference = reader.string("reference")
    _law_or_choice(reader, origin, reference)
    data = read_data(reader, parameter)
    note = reader.optional_text("note")
    quote = _quote(reader, declared) if origin == "notice" and declared is not None else reader.optional_string("quote")
    return Value(parameter.name, data, since, until, reference, origin, note, quote)


def _quote(reader: Reader, declared: Declarations | None) -> str | None:
    """The words of the notice that a clause or a value of the notice must quote, found in its text where that is at hand."""
    quote = reader.string("quote")
    if quote and declared is not None and declared.documents and not declared.quotes(quote):
        reader.fail(
            "quote",
            "通知原文里没有这句话，请照抄原文",
            "these words are not in the notice: copy them exactly",
        )
    return quote


def _law_or_choice(reader: Reader, origin: Origin, reference: str) -> None:
    marked = UNDECIDED_MARK in reference
    if origin == "default" and reference and not marked:
        reader.fail(
            "reference",
            f"默认值的依据要写明“{UNDECIDED_MARK}”",
            f"the reference of a default must say “{UNDECIDED_MARK}”",
        )
    if origin != "default" and marked:
        reader.fail(
            "origin", "依据写着默认，origin 应当是 default", "the reference says default: origin must be default"
        )


def _in_order(reader: Reader, key: str, first: date, last: date | None) -> None:
    if last is not None and last < first:
        reader.fail(key, f"截止日 {last} 早于起始日 {first}", f"the last day {last} is before the first day {first}")


def _no_overlap(reader: Reader, values: list[Value]) -> None:
    for earlier, later in pairwise(values):
        if earlier.until is None or later.since <= earlier.until:
            reader.fail(
                "values",
                f"自 {earlier.since} 与自 {later.since} 的两个值日期重叠",
                f"the values since {earlier.since} and since {later.since} overlap",
            )


def _unique_schemes(found: Iterable[tuple[str, Scheme]], problems: list[PolicyProblem]) -> None:
    first: dict[str, str] = {}
    for file, scheme in found:
        other = first.setdefault(scheme.id, file)
        if scheme.id and other != file:
            said = Text(f"政策“{scheme.id}”已在 {other} 里", f"scheme “{scheme.id}” is already in {other}")
            problems.append(PolicyProblem(file, "scheme", said))


def _unique_clauses(found: Iterable[tuple[str, Scheme]], problems: list[PolicyProblem]) -> None:
    first: dict[int, str] = {}
    for file, scheme in found:
        for clause in scheme.clauses:
            if clause.number and clause.number in first:
                other = first[clause.number]
                said = Text(f"条款 {clause.number} 已在 {other} 里", f"clause {clause.number} is already in {other}")
                problems.append(PolicyProblem(file, "clauses.number", said))
            first.setdefault(clause.number, file)
