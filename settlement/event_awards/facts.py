"""What an event's claim has to state, and which papers prove it: declared once, and forms, API and checks follow."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, TypeAlias

from kernel.bilingual import Text
from kernel.policies import PolicyBook

FactType: TypeAlias = Literal["money", "count", "day", "flag", "choice", "text"]
FactValue: TypeAlias = int | date | bool | str

_SPACE = re.compile(r"\s+")


@dataclass(frozen=True)
class AwardFact:
    """One stated fact. Money is fen; `choices_from` names the parameter of the scheme whose choices may be taken."""

    name: str
    type: FactType
    title: Text
    hint: Text | None = None
    unit: Text | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)
    choices_from: str = ""
    lowest: int = 0
    highest: int = 10**9
    longest: int = 80

    def options(self, book: PolicyBook, scheme: str) -> Mapping[str, Text]:
        """The codes that may be chosen, with their titles."""
        return book.scheme(scheme).parameter(self.choices_from).choices if self.choices_from else self.choices


@dataclass(frozen=True)
class EvidenceKind:
    """One paper that has to be attached before filing; `required` false: it helps."""

    code: str
    title: Text
    required: bool = True


def money(name: str, zh: str, en: str, hint: Text | None = None) -> AwardFact:
    return AwardFact(name, "money", Text(zh, en), hint)


def count(name: str, zh: str, en: str, unit: Text, hint: Text | None = None, lowest: int = 0) -> AwardFact:
    return AwardFact(name, "count", Text(zh, en), hint, unit, lowest=lowest)


def flag(name: str, zh: str, en: str, hint: Text | None = None) -> AwardFact:
    return AwardFact(name, "flag", Text(zh, en), hint)


def day(name: str, zh: str, en: str, hint: Text | None = None) -> AwardFact:
    return AwardFact(name, "day", Text(zh, en), hint)


def text(name: str, zh: str, en: str, hint: Text | None = None) -> AwardFact:
    return AwardFact(name, "text", Text(zh, en), hint)


def choice(name: str, zh: str, en: str, *, of: str = "", among: Mapping[str, Text] | None = None) -> AwardFact:
    return AwardFact(name, "choice", Text(zh, en), choices=among or {}, choices_from=of)


def identity(written: str) -> str:
    """A number or name as it is compared: NFKC, no spaces, one case; so that one event has one identity."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", written)).casefold()
