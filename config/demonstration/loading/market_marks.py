"""What one bank says of its products besides their terms, and its prior clients: loaded before the first session."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from flask import Flask
from sqlalchemy import select
from sqlmodel import Session, col

from config.demonstration.loading.returns import person
from kernel import database
from kernel.accounts.service import Caller
from kernel.parties.models import Enterprise, Party
from kernel.web.paging import Asked
from matchmaking.clients import service as clients
from matchmaking.products import service
from matchmaking.products.reading import own_products
from matchmaking.products.terms import ProductTerms

CLIENTS = 12
SINCE = date(2019, 3, 18)


def load(app: Flask, *, at: datetime) -> None:
    """A green channel, a deposit with its reason, counter-guarantees where a guarantee company stands behind the loan; a client list."""
    with app.app_context():
        caller = person(database.current(), "product_manager")
        database.write(database.current(), lambda db: _mark_products(db, caller, at))
        database.write(database.current(), lambda db: _list_clients(db, caller, at))


def _mark_products(db: Session, caller: Caller, at: datetime) -> None:
    for place, one in enumerate(sorted(own_products(db, caller, Asked()).items, key=lambda one: one.product.code)):
        terms = _marked(one.terms, place)
        if terms != one.terms:
            service.change(db, caller, one.id, terms=terms, seen=one.version.number, at=at)


def _marked(terms: ProductTerms, place: int) -> ProductTerms:
    """Every product takes the green channel but the second, which asks for a deposit."""
    if place == 1:
        terms = replace(terms, deposit_percent=Decimal(5), deposit_reason="没有抵押物，凭存单质押")
    else:
        terms = replace(terms, green_channel=True)
    return replace(terms, counter_guarantees=("surety",)) if "guarantor" in terms.guarantee_kinds else terms


def _list_clients(db: Session, caller: Caller, at: datetime) -> None:
    query = select(col(Party.code)).join(Enterprise, col(Enterprise.party_id) == col(Party.id))
    for code in db.execute(query.order_by(col(Party.code)).limit(CLIENTS)).scalars():
        clients.put(db, caller, code=code, since=SINCE, at=at)
