"""The product form in a browser without script: counting the reach keeps nothing, saving after it keeps all that was typed."""

import re
from html import unescape
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel.web.paging import Asked
from matchmaking.products.reading import own_products
from tests.factories import Visitor, username_of
from tests.matchmaking.people import bank, offer

FORM: dict[str, Any] = {
    "name": "小微保证贷",
    "amount_min": "100000",
    "amount_max": "5000000.00",
    "term_min": "3",
    "term_max": "36",
    "rate_min": "3.85",
    "rate_max": "4.65",
    "guarantee_kinds": ["surety", "mortgage"],
    "promised_days": "5",
    "repayment": "interest_first",
    "purposes": ["equipment"],
}


def filled_in(page: str) -> dict[str, Any]:
    """The fields of the product form as a browser would send them again."""
    form = page[page.index('<form method="post" action="/products/') :]
    form = form[: form.index("</form>")]
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        name, kind = re.search(r'name="([^"]+)"', tag), re.search(r'type="([^"]+)"', tag)
        value = re.search(r'value="([^"]*)"', tag)
        if name is None or (kind is not None and kind[1] in ("checkbox", "radio") and " checked" not in tag):
            continue
        fields.setdefault(name[1], []).append(unescape(value[1]) if value else "")
    for name_, body in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', body)
        fields[name_] = [chosen[1] if chosen else ""]
    for name_, body in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S):
        fields[name_] = [unescape(body)]
    return {name: values if len(values) > 1 else values[0] for name, values in fields.items()}


def test_a_new_product_is_saved_after_its_reach_was_counted(app: Flask, db: Session) -> None:
    lender = bank(db)
    visitor = Visitor(app, username_of(db, lender))
    visitor.get("/products/new")
    counted = visitor.post("/products/reach", **FORM)
    assert counted.status_code == 200, counted.text
    assert own_products(db, lender, Asked()).items == []
    saved = visitor.post("/products/new", **filled_in(counted.text))
    assert saved.status_code == 302, saved.text
    db.rollback()  # look again
    (listing,) = own_products(db, lender, Asked()).items
    found = [
        len(own_products(db, lender, Asked(), state=state).items) for state in (listing.product.state, "withdrawn")
    ]
    assert found == [1, 0]
    assert "没有符合的" in visitor.get("/products/mine?state=withdrawn").text
    assert (listing.terms.name, listing.terms.amount_max, str(listing.terms.rate_min.normalize())) == (
        "小微保证贷",
        500_000_000,
        "3.85",
    )
    assert (set(listing.terms.guarantee_kinds), listing.terms.purposes) == ({"surety", "mortgage"}, ("equipment",))


def test_a_changed_product_is_saved_as_the_next_version_after_its_reach_was_counted(app: Flask, db: Session) -> None:
    lender = bank(db)
    listing = offer(db, lender)
    visitor = Visitor(app, username_of(db, lender))
    visitor.get(f"/products/{listing.id}/edit")
    counted = visitor.post(f"/products/reach?product_id={listing.id}", **FORM | {"rate_min": "3.60", "seen": "1"})
    assert counted.status_code == 200, counted.text
    saved = visitor.post(f"/products/{listing.id}/edit", **filled_in(counted.text))
    assert saved.status_code == 302, saved.text
    db.rollback()  # look again
    (changed,) = own_products(db, lender, Asked()).items
    assert (changed.version.number, str(changed.terms.rate_min.normalize())) == (2, "3.6")
