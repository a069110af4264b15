"""What a decision says before it is in the books, and its digest: the check binds to exactly what was shown. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kernel.audit.chain import canonical
from kernel.errors import FieldErrors, Refused
from kernel.policies import OpenWords, PolicyBook, Setting, written

PARAMETER, WORD, REVOCATION = "parameter", "word", "revocation"


@dataclass(frozen=True)
class Document:
    """The paper that decides: its number, title, issuer and day, and a remark of the person who records it."""

    number: str
    title: str
    issuer: str
    day: date
    note: str = ""

    @property
    def said(self) -> dict[str, str]:
        return {
            "number": self.number,
            "title": self.title,
            "issuer": self.issuer,
            "day": self.day.isoformat(),
            "note": self.note,
        }


@dataclass(frozen=True)
class Subject:
    """What a document decides: `settings` for a parameter or a word's reading, or the decision that it revokes."""

    kind: str
    settings: tuple[Setting, ...] = ()
    word: str = ""
    alternative: str = ""
    revokes_id: int | None = None


def decidable_parameters(book: PolicyBook, words: OpenWords) -> frozenset[tuple[str, str]]:
    """The parameters that a document may set on screen: those that await one, and those that an open word touches.

    Everything else of the notice changes in the policy files, with cases and a line in the change log.
    """
    awaited = {(scheme.id, one.name) for scheme in book.schemes for one in scheme.parameters if one.missing is not None}
    return frozenset(awaited | {pair for word in words.words for pair in word.touches})


def parameter_subject(book: PolicyBook, words: OpenWords, setting: Setting) -> Subject:
    """A document that sets one parameter; Refused for one that only the policy files may change."""
    parameter = book.scheme(setting.scheme).parameter(setting.parameter)
    if (setting.scheme, setting.parameter) not in decidable_parameters(book, words):
        raise Refused(
            "not_open",
            f"“{parameter.title.zh}”在文件里已经写明，不能在这里定；新文件改它，请改政策文件",
            f"“{parameter.title.en}” is set by the notice and not decided here; a new document changes the policy file",
        )
    _only_what_can_be_decided(words, setting)
    errors = FieldErrors()
    if setting.until is not None and setting.until < setting.since:
        errors.add("until", "before_since", "截止日早于起始日", "The last day is before the first")
    errors.raise_if_any()
    return Subject(PARAMETER, (setting,))


def _only_what_can_be_decided(words: OpenWords, setting: Setting) -> None:
    """The value of a reading that can only be compared is not let in by the parameter's own door."""
    barred = [
        one.only_compared
        for word in words.words
        for one in word.alternatives
        for each in one.sets
        if one.only_compared
        and (each.scheme, each.parameter, each.data) == (setting.scheme, setting.parameter, setting.data)
    ]
    if barred:
        raise Refused("only_compared", barred[0].zh, barred[0].en)


def word_subject(words: OpenWords, word: str, alternative: str, since: date | None) -> Subject:
    """A document that decides an open word, from a day on; without one the reading holds on all its days."""
    chosen = words.word(word).alternative(alternative)
    if chosen.only_compared is not None:
        raise Refused("only_compared", chosen.only_compared.zh, chosen.only_compared.en)
    settings = tuple(one for one in (setting.from_day(since) for setting in chosen.sets) if one is not None)
    if not settings:
        raise Refused(
            "nothing_left",
            f"这种读法在 {since} 以后没有要定的值，请换一个起始日",
            f"This reading sets nothing from {since} on; choose another first day",
        )
    return Subject(WORD, settings, word, alternative)


def content_of(book: PolicyBook, setting: Setting) -> str:
    """The value as the books keep it: canonical JSON, `null` for no value."""
    if setting.data is None:
        return "null"
    parameter = book.scheme(setting.scheme).parameter(setting.parameter)
    return json.dumps(written(parameter, setting.data), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def said_of(setting: Setting, content: str) -> dict[str, Any]:
    """One setting in plain values."""
    return {
        "scheme": setting.scheme,
        "parameter": setting.parameter,
        "since": setting.since.isoformat(),
        "until": setting.until.isoformat() if setting.until else None,
        "value": json.loads(content),
    }


def digest_of(document: Document, subject: Subject, said: Sequence[dict[str, Any]], evidence_digest: str) -> str:
    """Hex SHA-256 of all that a decision says, its scanned paper included."""
    whole = {
        "document": document.said,
        "kind": subject.kind,
        "word": subject.word,
        "alternative": subject.alternative,
        "revokes": subject.revokes_id,
        "settings": list(said),
        "evidence": evidence_digest,
    }
    return hashlib.sha256(canonical(whole).encode()).hexdigest()
