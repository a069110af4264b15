"""Every term of the glossary stands on its page in both languages, and is explained in place on a page of the work."""

import csv
import re
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from kernel.glossary.terms import TERMS
from tests.factories import Visitor, make_bureau, make_person, username_of

HERE = Path(__file__).parent
TEMPLATES = [
    path
    for room in ("kernel/web", "matchmaking", "settlement")
    for path in (HERE.parents[2] / room / "templates").rglob("*.html")
]
GLOSSARY = list(csv.DictReader((HERE / "terms.csv").read_text(encoding="utf-8").splitlines()))

PAGES = {  # where an official or a clerk meets the term first
    "auditor": {
        "/statements": ["statement", "balance-growth", "fee-subsidy"],
        "/batches": ["review", "approval", "public-notice"],
        "/payments": ["payment", "fiscal-shares"],
        "/payments/recoveries": ["adjustment-and-recovery"],
        "/books": ["register"],
        "/referrals": ["credit-line", "first-loan"],
        "/bridging": ["bridging-fund"],
    },
    "organiser": {
        "/sessions": ["matching", "weekly-session"],
        "/products": ["unsecured-loan", "first-loan", "specialised-firm", "little-giant"],
        "/whitelist": ["whitelist", "renewal", "public-notice"],
        "/awards": ["reaching-scale", "county"],
    },
    "industry_officer": {
        "/renewals": ["renewal"],
        "/deferrals": ["deferral"],
        "/pool": ["pool", "reaching-scale", "above-scale", "falling-below-scale"],
    },
}


def explained_on(page: str) -> list[str]:
    """The terms that unfold on a page, by the anchors that their folds lead to."""
    folds = re.findall(r'<details class="term[^>]*>(.*?)</details>', page, re.S)
    return [re.findall(r'href="/glossary#([^"]+)"', fold)[0] for fold in folds]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_term_stands_on_the_page_of_all_terms_with_its_anchor(app: Flask, lang: str) -> None:
    page = app.test_client().get(f"/glossary?lang={lang}").text
    anchored = dict(re.findall(r'<div id="([^"]+)"><dt>([^<]+)</dt><dd>[^<]{8,}</dd>', page))
    assert {term[lang] for term in GLOSSARY} <= set(anchored.values())
    assert list(anchored) == list(TERMS)


def test_every_term_is_explained_on_a_page_of_the_work() -> None:
    work = [path.read_text(encoding="utf-8") for path in TEMPLATES if "design" not in path.name]
    lines = [line for text in work for line in text.splitlines() if re.search(r"\b(terms|explain)=", line)]
    assert set(TERMS) - {code for line in lines for code in re.findall(r'"([a-z-]+)"', line)} == set()


@pytest.mark.parametrize("role", PAGES)
def test_a_term_unfolds_where_its_word_heads_a_page(app: Flask, db: Session, role: str) -> None:
    visitor = Visitor(app, username_of(db, make_person(db, make_bureau(db), role)))
    assert {
        page: sorted(set(terms) & set(explained_on(visitor.get(page).text))) for page, terms in PAGES[role].items()
    } == {page: sorted(terms) for page, terms in PAGES[role].items()}
