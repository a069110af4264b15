"""Reading one table of a policy file key by key, collecting every problem instead of stopping at the first.

After a problem a stand-in is returned so that reading goes on; `PolicyBook.load` raises before a stand-in can escape.
"""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache

from kernel.bilingual import Text
from kernel.policies.refusals import PolicyProblem

_NONE_DAY = date.min
_YEARS = range(1949, 2100)


@lru_cache(maxsize=256)
def parsed(text: str) -> dict[str, object]:
    """A file's tables, to be read alone; the same text is parsed once a process."""
    return tomllib.loads(text)


@dataclass(frozen=True)
class Reader:
    """One table with its place in the file."""

    file: str
    path: str
    table: dict[str, object]
    problems: list[PolicyProblem] = field(repr=False)

    def key(self, name: str) -> str:
        return ".".join(part for part in (self.path, name) if part)

    def fail(self, name: str, zh: str, en: str) -> None:
        self.problems.append(PolicyProblem(self.file, self.key(name), Text(zh, en)))

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse keys that nobody would read: a misspelt `untill` must not mean “open”."""
        known = tuple(allowed)
        for name in self.table.keys() - set(known):
            names = ", ".join(known)
            self.fail(name, f"不认识的键；可用的键：{names}", f"unknown key; the keys are: {names}")

    def _missing(self, name: str) -> None:
        self.fail(name, "缺这一项", "is missing")

    def string(self, name: str) -> str:
        content = self.table.get(name)
        if isinstance(content, str) and content.strip():
            return content
        self._missing(name) if content is None else self.fail(name, "应当是不空的文字", "must be a text, not empty")
        return ""

    def optional_string(self, name: str) -> str | None:
        return self.string(name) if name in self.table else None

    def text(self, name: str) -> Text:
        content = self.table.get(name)
        if content is None:
            self._missing(name)
        elif not _is_bilingual(content):
            self.fail(name, '应当写成 { zh = "…", en = "…" }', 'must be written { zh = "…", en = "…" }')
        else:
            return Text(content["zh"], content["en"])  # type: ignore[index]
        return Text("", "")

    def optional_text(self, name: str) -> Text | None:
        return self.text(name) if name in self.table else None

    def day(self, name: str) -> date:
        content = self.table.get(name)
        if isinstance(content, date) and not isinstance(content, datetime):
            if content.year not in _YEARS:
                self.fail(
                    name, f"{content} 的年份不会是真的，请核对", f"the year of {content} cannot be meant: check it"
                )
            return content
        if content is None:
            self._missing(name)
        else:
            self.fail(name, "应当是日期，写成 2022-01-01，不加引号", "must be a date such as 2022-01-01, unquoted")
        return _NONE_DAY

    def optional_day(self, name: str) -> date | None:
        return self.day(name) if name in self.table else None

    def one_of(self, name: str, allowed: Iterable[str]) -> str:
        known = tuple(allowed)
        content = self.string(name)
        if content and content not in known:
            names = ", ".join(known)
            self.fail(name, f"“{content}”不在可选项里：{names}", f"“{content}” is not one of: {names}")
        return content if content in known else known[0]

    def codes(self, name: str) -> tuple[str, ...]:
        """A list of codes, none twice."""
        content = self.table.get(name)
        if not isinstance(content, list) or not all(isinstance(code, str) and code for code in content):
            self.fail(name, '应当是一列代码，例如 ["small"]', 'must be a list of codes, such as ["small"]')
            return ()
        if len(set(content)) < len(content):
            self.fail(name, "有重复的代码", "has a code twice")
        return tuple(content)

    def tables(self, name: str) -> list["Reader"]:
        """The tables of a `[[name]]` list."""
        content = self.table.get(name, [])
        if not isinstance(content, list) or not all(isinstance(one, dict) for one in content):
            self.fail(name, f"应当是若干个 [[{self.key(name)}]]", f"must be a list of [[{self.key(name)}]]")
            return []
        return [Reader(self.file, f"{self.key(name)}[{i}]", one, self.problems) for i, one in enumerate(content)]

    def named_tables(self, name: str) -> dict[str, "Reader"]:
        """The tables `[name.x]`, `[name.y]`, by x and y."""
        content = self.table.get(name, {})
        if not isinstance(content, dict):
            self.fail(name, f"应当是若干个 [{self.key(name)}.名称]", f"must be tables [{self.key(name)}.NAME]")
            return {}
        found = {}
        for key, one in content.items():
            if isinstance(one, dict):
                found[key] = Reader(self.file, f"{self.key(name)}.{key}", one, self.problems)
            else:
                self.fail(f"{name}.{key}", "应当是一张表", "must be a table")
        return found


def _is_bilingual(content: object) -> bool:
    if not isinstance(content, dict) or content.keys() != {"zh", "en"}:
        return False
    return all(isinstance(one, str) and one.strip() for one in content.values())
