"""A letter of the bureau on paper: what it is made of, and its PDF. What each kind says is in the modules beside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.money import capitals, grouped
from kernel.papers import print_paper
from settlement.papers.hands import PaperHand, hands_told

TEMPLATE = Path(__file__).with_name("letter.typ")
ISSUER = Text("平顶山市财政局", "Pingdingshan Finance Bureau")
PAGE_OF = Text("第 {page} 页，共 {pages} 页", "Page {page} of {pages}")
TOTAL = Text("合计", "Total")
NO_TEXT = Text("", "")


@dataclass(frozen=True)
class PaperTable:
    """A ruled table. `widths`: 0 takes what its words need, others share the rest; `right` are the columns with figures."""

    title: Text
    heads: tuple[Text, ...]
    rows: tuple[tuple[Text | str, ...], ...]
    widths: tuple[int, ...]
    right: tuple[int, ...] = ()
    total: tuple[Text | str, ...] = ()


@dataclass(frozen=True)
class PaperLetter:
    """Everything a letter says, in both languages. `amount` in fen, None where it names none; `clauses` as explanations keep them."""

    title: Text
    foot: Text
    day: date | None
    subtitle: Text = NO_TEXT
    head: tuple[tuple[Text, Text | str], ...] = ()
    addressee: Text = NO_TEXT
    body: tuple[Text, ...] = ()
    amount_label: Text = NO_TEXT
    amount: int | None = None
    tables: tuple[PaperTable, ...] = ()
    clauses: tuple[Mapping[str, Any], ...] = ()
    closing: tuple[Text, ...] = ()
    hands: tuple[PaperHand, ...] = ()


def letter_pdf(letter: PaperLetter, *, lang: str) -> bytes:
    """The PDF in a language (`zh` or `en`); the same letter gives the same bytes."""
    return print_paper(TEMPLATE, _facts(letter, lang))


def _facts(letter: PaperLetter, lang: str) -> dict[str, Any]:
    return {
        "lang": lang,
        "title": letter.title.in_language(lang),
        "subtitle": letter.subtitle.in_language(lang),
        "foot": letter.foot.in_language(lang),
        "page_of": PAGE_OF.in_language(lang),
        "head": [[said(label, lang), said(value, lang)] for label, value in letter.head],
        "addressee": letter.addressee.in_language(lang),
        "body": [one.in_language(lang) for one in letter.body],
        **_amount(letter, lang),
        "tables": [_table(one, lang) for one in letter.tables],
        "clauses": {
            "title": Text("依据", "Clause").in_language(lang),
            "rows": [clause_told(one, lang) for one in letter.clauses],
        },
        "closing": [one.in_language(lang) for one in letter.closing],
        "hands": hands_told(letter.hands, lang),
        "issuer": ISSUER.in_language(lang),
        "day": long_day(letter.day).in_language(lang) if letter.day else "",
    }


def _amount(letter: PaperLetter, lang: str) -> dict[str, str]:
    if letter.amount is None:
        return {"amount_label": "", "amount": "", "unit": "", "capitals": ""}
    return {
        "amount_label": letter.amount_label.in_language(lang),
        "amount": grouped(letter.amount),
        "unit": Text("元", "yuan").in_language(lang),
        "capitals": Text("人民币", "CNY ").in_language(lang) + capitals(letter.amount),
    }


def _table(table: PaperTable, lang: str) -> dict[str, Any]:
    return {
        "title": table.title.in_language(lang),
        "heads": [head.in_language(lang) for head in table.heads],
        "rows": [[said(cell, lang) for cell in row] for row in table.rows],
        "widths": list(table.widths),
        "right": list(table.right),
        "total": [said(cell, lang) for cell in table.total],
    }


def said(value: Text | str, lang: str) -> str:
    """A text in the paper's language; plain words as they are."""
    return value.in_language(lang) if isinstance(value, Text) else value


def clause_told(clause: Mapping[str, Any], lang: str) -> dict[str, str]:
    """A clause as an explanation keeps it: its words, and where they stand."""
    place = clause["place"]
    where = "" if place is None else place[0 if lang == "zh" else 1]
    reference = clause["reference"]
    same = not where or reference.endswith(where)
    return {"quote": clause["quote"] or "", "reference": reference if same else f"{reference} · {where}"}


def long_day(day: date) -> Text:
    """`2022年11月7日`, `7 November 2022`."""
    return Text(f"{day.year}年{day.month}月{day.day}日", f"{day.day} {day:%B %Y}")


def amounts(table: Sequence[tuple[Text | str, int]]) -> tuple[tuple[Text | str, ...], ...]:
    """Rows of a word and an amount in fen."""
    return tuple((word, grouped(fen)) for word, fen in table)
