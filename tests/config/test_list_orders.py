"""Every order of every list is one that both databases take, on empty books, too; by day one order of each, drawn from a seed."""

import csv
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session

from tests.factories import Visitor, make_bureau, make_enterprise, make_institution, make_person, username_of
from tests.seeds import is_full, seeded

pytestmark = pytest.mark.both_databases

TABLE = Path(__file__).parents[1] / "browser" / "lists.csv"
NAMES_ONE = ("FS-", "{")  # such an address is of one thing, and empty books have none
LISTS = [
    row
    for row in csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines())
    if not any(sign in row["address"] for sign in NAMES_ONE)
]


def test_every_order_of_every_list_is_taken(app: Flask, db: Session) -> None:
    draw = seeded()
    homes = {"hengrun": make_enterprise(db), "shahe": make_institution(db), "zhanhe": make_bureau(db, region="410411")}
    office = make_bureau(db, "市局")
    readers: dict[str, Visitor] = {}
    for row in LISTS:
        place, role = row["who"].split(".")
        if row["who"] not in readers:
            readers[row["who"]] = Visitor(app, username_of(db, make_person(db, homes.get(place, office), role)))
        codes = row["sorts"].split()
        for code in codes if is_full() else draw.sample(codes, min(1, len(codes))):
            answer = readers[row["who"]].get(f"{row['address'].split('?')[0]}?sort=-{code}&format=csv&show=open")
            assert (answer.status_code, answer.mimetype) == (200, "text/csv"), (row["address"], code)
