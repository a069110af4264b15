"""The words of every event that can leave the house. Pure: the type and the register; each feature brings its own words.

A feature declares its events in its `events.py`, once, at import:

    PUBLISHED = declare(EventWords("session.published", Text("{week} 对接会的时间表出来了", "…"), Text("…", "…")))
"""

from collections.abc import Mapping
from dataclasses import dataclass
from string import Formatter

from kernel.bilingual import Text

Facts = Mapping[str, str | int | None]


class UndeclaredEvent(LookupError):
    """Somebody publishes an event that no feature declared; the message names it."""


class FactMissing(LookupError):
    """A sentence of the event needs a fact that was not given; the message names both."""


@dataclass(frozen=True)
class EventWords:
    """One event: its name, what it is called in lists, and the sentences told, with `{fact}` where a fact goes.

    `label` names the kind of event where a party chooses what it wants to be told; without one the subject's words serve.
    """

    name: str
    subject: Text
    body: Text
    label: Text | None = None

    @property
    def facts(self) -> frozenset[str]:
        """The facts that the sentences need."""
        texts = (*self.subject, *self.body)
        return frozenset(name for text in texts for _, name, _, _ in Formatter().parse(text) if name)

    def missing(self, facts: Facts) -> list[str]:
        """The facts that are needed and were not given."""
        return sorted(self.facts - set(facts))

    def told(self, facts: Facts) -> tuple[Text, Text]:
        """Subject and body with the facts filled in; an empty fact leaves nothing behind."""
        filled = {name: "" if value is None else value for name, value in facts.items()}
        return self.subject.format(**filled), self.body.format(**filled)


_DECLARED: dict[str, EventWords] = {}


def declare(words: EventWords) -> EventWords:
    """Enter an event; the same name with other words is refused."""
    if _DECLARED.setdefault(words.name, words) != words:
        raise ValueError(f"{words.name} is declared twice, with different words")
    return words


def words_of(event: str) -> EventWords:
    """The words of an event; UndeclaredEvent if no feature declared it."""
    try:
        return _DECLARED[event]
    except KeyError:
        raise UndeclaredEvent(event) from None


def declared_events() -> list[EventWords]:
    """Every event of the house, by name."""
    return [_DECLARED[name] for name in sorted(_DECLARED)]
