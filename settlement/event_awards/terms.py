"""The dated parameters of one scheme on an event's qualifying day; every value read is remembered with its document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from kernel.bilingual import Text
from kernel.errors import Refused
from kernel.policies import Origin, PolicyBook, Value

BETWEEN = "award-rules"


def not_implemented(name: str, asked: object, implemented: object) -> Refused:
    """A policy may say more than the rules can do; the answer names both."""
    return Refused(
        "policy_not_implemented",
        f"政策文件里“{name}”取“{asked}”，还没有实现，目前只会“{implemented}”",
        f"The policy asks for {name} “{asked}”, which is not implemented; only “{implemented}” is",
    )


@dataclass(frozen=True)
class ReadParameter:
    """A value that an award rests on, with the document that says so."""

    scheme: str
    name: str
    title: Text
    shown: Text
    since: date
    until: date | None
    reference: str
    origin: Origin
    quote: str | None = None


@dataclass
class AwardTerms:
    """Reads `scheme` (and the rules between awards) as on `day`; raises `PolicySilent` or `PolicyUndecided`, never a zero."""

    book: PolicyBook
    scheme: str
    day: date
    read: dict[tuple[str, str], ReadParameter] = field(default_factory=dict)

    def fen(self, name: str) -> int:
        return self._value(name).fen

    def fraction(self, name: str) -> Fraction:
        return Fraction(self._value(name).rate)

    def text_of_rate(self, name: str) -> str:
        return f"{self._value(name).rate:f}"

    def shown(self, name: str) -> Text:
        """A value in words, as the reason for a refusal says it."""
        value = self._value(name)
        return self.book.scheme(self.scheme).parameter(name).shown(value.value)

    def integer(self, name: str) -> int:
        return self._value(name).integer

    def code(self, name: str) -> str:
        return self._value(name).code

    def codes(self, name: str) -> tuple[str, ...]:
        return self._value(name).codes

    def amounts(self, name: str) -> Mapping[str, int]:
        """A table of amounts in fen."""
        return self._value(name).numbers

    def optional_fen(self, name: str) -> int | None:
        """An amount that a document may set; None while none has."""
        return None if self.book.scheme(self.scheme).parameter(name).on(self.day) is None else self.fen(name)

    def only(self, name: str, implemented: str, scheme: str = "") -> None:
        """Refuse a policy that asks for something these rules cannot do; it is never read as something near it."""
        asked = self._value(name, scheme).code
        if asked != implemented:
            raise not_implemented(name, asked, implemented)

    def text(self, name: str) -> str:
        return self._value(name).text

    def value_of(self, scheme: str, name: str) -> Value:
        """A value of a neighbouring scheme that the clause rests on."""
        return self._value(name, scheme)

    def between(self, name: str) -> Value:
        """A rule between awards, on the qualifying day."""
        return self._value(name, BETWEEN)

    def _value(self, name: str, scheme: str = "") -> Value:
        source = self.book.scheme(scheme or self.scheme)
        value = source.value(name, on=self.day)
        if (source.id, name) not in self.read:
            parameter = source.parameter(name)
            shown = parameter.shown(value.value)
            since, until = value.since, value.until
            self.read[source.id, name] = ReadParameter(
                source.id, name, parameter.title, shown, since, until, value.reference, value.origin, value.quote
            )
        return value
