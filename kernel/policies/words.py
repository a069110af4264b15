"""Open words 未定用语: what the notice leaves undecided, its readings, and which of them is in force (domain §12).

A reading is nothing but the dated values it sets, so that what it costs can be computed and what was decided can be told
from the policy book alone.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.policies.book import PolicyBook
from kernel.policies.canonical import digest
from kernel.policies.overlay import Setting, Source, overlaid
from kernel.policies.values import PolicyData, Value


@dataclass(frozen=True)
class WordAlternative:
    """One reading of a word: the values that it sets. `only_compared` says why it can be priced but not yet decided."""

    id: str
    title: Text
    means: Text
    sets: tuple[Setting, ...]
    only_compared: Text | None = None

    def applied(self, book: PolicyBook, source: Source) -> PolicyBook:
        """A copy of the book as this reading would have it."""
        return overlaid(book, ((setting, source) for setting in self.sets))

    def holds_in(self, book: PolicyBook, on: date) -> bool:
        """Whether the book says on that day what this reading says, in every parameter that it sets."""
        names = {(setting.scheme, setting.parameter) for setting in self.sets}
        return all(_said(book, *name, on) == self._wanted(*name, on) for name in names)

    def _wanted(self, scheme: str, parameter: str, on: date) -> PolicyData | None:
        for setting in self.sets:
            if (setting.scheme, setting.parameter) == (scheme, parameter) and _covers(setting, on):
                return setting.data
        return None


@dataclass(frozen=True)
class OpenWord:
    """One entry of the register: what is open, who decides, and the readings."""

    id: str
    title: Text
    question: Text
    decides: Text
    reference: str
    alternatives: tuple[WordAlternative, ...]
    quote: str | None = None

    @cached_property
    def digest(self) -> str:
        """Hex SHA-256 of what the word and its readings say."""
        return digest(self)

    def alternative(self, name: str) -> WordAlternative:
        found = next((one for one in self.alternatives if one.id == name), None)
        if found is None:
            names = ", ".join(one.id for one in self.alternatives)
            raise NotFound(
                "unknown_alternative",
                f"“{self.title.zh}”没有“{name}”这种读法；现有：{names}",
                f"“{self.title.en}” has no reading “{name}”; there are: {names}",
            )
        return found

    def in_force(self, book: PolicyBook, on: date) -> WordAlternative | None:
        """The reading that the book follows on a day; None where it follows none, or nothing is decided."""
        return next((one for one in self.alternatives if one.holds_in(book, on)), None)

    @property
    def touches(self) -> frozenset[tuple[str, str]]:
        """The parameters (scheme, name) that its readings set."""
        return frozenset((one.scheme, one.parameter) for each in self.alternatives for one in each.sets)

    def values_in_force(self, book: PolicyBook, on: date) -> tuple[Value, ...]:
        """The values that hold on a day in the parameters it touches: where the reading in force comes from."""
        found = (book.scheme(scheme).parameter(name).on(on) for scheme, name in sorted(self.touches))
        return tuple(value for value in found if value is not None)


@dataclass(frozen=True)
class OpenWords:
    """The register, in the order of its files."""

    words: tuple[OpenWord, ...]

    def word(self, name: str) -> OpenWord:
        found = next((one for one in self.words if one.id == name), None)
        if found is None:
            names = ", ".join(one.id for one in self.words)
            raise NotFound(
                "unknown_word",
                f"未定用语里没有“{name}”；现有：{names}",
                f"There is no open word “{name}”; there are: {names}",
            )
        return found

    def touching(self, *schemes: str) -> tuple[OpenWord, ...]:
        """The words with a reading that sets a parameter of one of the schemes."""
        return tuple(word for word in self.words if any(scheme in schemes for scheme, _ in word.touches))


def _covers(setting: Setting, on: date) -> bool:
    return setting.since <= on and (setting.until is None or on <= setting.until)


def _said(book: PolicyBook, scheme: str, parameter: str, on: date) -> PolicyData | None:
    value = book.scheme(scheme).parameter(parameter).on(on)
    return None if value is None else value.value
