"""Whose each text of the books is, found by the foreign keys, and the canaries that are written into them.

A row belongs to the parties that it names; a row that names none belongs to whom its parent belongs to; what is left belongs to the
office of whoever wrote it. New tables and columns are owned, and stamped, without being listed here.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import sqlalchemy
from sqlalchemy import CheckConstraint, Column, String, Table
from sqlmodel import Session, SQLModel

Row = Mapping[str, Any]

PARTY_COLUMNS = ("enterprise_id", "institution_id", "bank_id", "beneficiary_id", "party_id", "organisation_id")
ACTORS = (
    "made_by",
    "entered_by",
    "recorded_by",
    "filed_by",
    "opened_by",
    "proposed_by",
    "account_id",
    "by",
    "moved_by",
)
ACTORS_ELSE = ("taken_by", "set_by", "owner_id", "principal_id", "drawn_by", "booked_by", "run_by", "issued_by")
OWNED_BY = {"matchmaking_bank_block": ("institution_id",)}  # whom a bank keeps off is not told

# What the books themselves read back, so that a canary in it would break the service and prove nothing.
CODES = re.compile(
    r"(digest|code|key|number|quarter|region|scheme|scopes|stamp|username|state|act|kind|source|version|format|payer|batch|"
    r"split|book|month|week|period|cursor|resource|event|events|secret|facts|certificate|slice|series|once_key|parameters|"
    r"subject\w*|holder|reference|encoding|media_type|\w*_(digest|code|key|number|quarter|type|zh|en|before|after|nonce|id|kinds|days|column))"
    r"|(previous_)?(rate|basis|part|line|word|alternative|parameter|detail|prefix|currency|industry|job|commitment|contents|kept|statements|"
    r"column_name|gap|ceiling|exclusions|hold_reasons|shortage|fingerprint|platform|heard|location|body|content_type|paper)"
)
LEFT_ALONE = {
    "party": "names of banks and bureaus are public; names of firms are looked for as they are",
    "institution": "the register of banks is public",
    "matchmaking_session": "a session's theme and times are announced to all",
    "matchmaking_session_notice": "why a session moved or fell out is announced to all who come",
    "audit_entry": "a stamped trail would be a broken one",
    "settlement_statement": "names and numbers that the public notice shows; a canary would break the digest that is approved",
    "settlement_payer_claim": "names and numbers that the public notice shows; a canary would break the digest that is approved",
    "matchmaking_session_market": "frozen under a digest that the match reads back",
    "matchmaking_session_ranking": "codes of reasons",
    "matchmaking_session_run": "frozen under a digest that the verifier reads back",
    "matchmaking_session_slice": "frozen under a digest that the verifier reads back",
    "settlement_growth_reconciliation": "codes of reasons, read back by the page",
    "settlement_return_report": "the columns of a return, read back by the page",
    "idempotency_key": "kept answers, given to nobody but the caller who asked",
    "outbox_pulled_record": "what a platform published",
}
CANARY = re.compile(r"zq(\d+)([pv])((?:o\d+)+)z")


@dataclass(frozen=True)
class Owned:
    """A text and whose it is; `private` while nobody else at all may see it."""

    column: str
    owners: frozenset[int]
    private: bool = False


@dataclass
class Stamper:
    """The books' rows, read once, and the canaries put into them."""

    db: Session
    columns: list[str] = field(default_factory=list)

    @cached_property
    def rows(self) -> dict[str, dict[Any, Row]]:
        """Every row by table and key (the first column of it)."""
        return {table.name: self._rows(table) for table in SQLModel.metadata.sorted_tables}

    @property
    def tables(self) -> Mapping[str, Table]:
        return SQLModel.metadata.tables

    def _rows(self, table: Table) -> dict[Any, Row]:
        key = next(iter(table.primary_key.columns)).name
        return {row[key]: row for row in self.db.execute(sqlalchemy.select(table)).mappings()}

    def owners(self, table: Table, row: Row) -> frozenset[int]:
        """The parties a row belongs to; none for what is the city's own."""
        named = OWNED_BY.get(table.name) or [name for name in PARTY_COLUMNS if name in table.c]
        parties = frozenset(row[name] for name in named if row[name] is not None)
        return parties or self._of_parent(table, row) or self._of_actor(row)

    @cached_property
    def acquainted(self) -> Mapping[int, set[int]]:
        """Whom each party has to do with: they stand in one row, or in one session as a bank and a published request."""
        found: dict[int, set[int]] = defaultdict(set)
        for table in SQLModel.metadata.sorted_tables:
            for row in self.rows[table.name].values():
                owners = self.owners(table, row)
                for one in owners:
                    found[one] |= owners
        for place in self.rows["matchmaking_session_bank"].values():
            for guest in self.rows["matchmaking_session_request"].values():
                if place["session_id"] == guest["session_id"]:
                    found[place["institution_id"]].add(guest["enterprise_id"])
        return found

    def _of_parent(self, table: Table, row: Row) -> frozenset[int]:
        for key in sorted(table.foreign_keys, key=lambda key: key.parent.name):
            parent, number = key.column.table, row[key.parent.name]
            if parent.name in {"account", "party", table.name, "matchmaking_session"} or number is None:
                continue
            found = self.owners(parent, self.rows[parent.name][number])
            if found:
                return found
        return frozenset()

    def _of_actor(self, row: Row) -> frozenset[int]:
        actors = (row[name] for name in (*ACTORS, *ACTORS_ELSE) if row.get(name) is not None)
        return frozenset(
            self.rows["account"][number]["organisation_id"] for number in actors if isinstance(number, int)
        )

    def _is_private(self, table: Table, row: Row) -> bool:
        """What a request says before its first consent is the firm's alone."""
        return table.name == "matchmaking_request_version" and self._state_of("matchmaking_request", row) == "draft"

    def _state_of(self, parent: str, row: Row) -> str:
        return str(self.rows[parent][row[f"{parent.removeprefix('matchmaking_')}_id"]]["state"])

    def is_public(self, table: Table, row: Row) -> bool:
        """A product that was published, and who works for a public office, is for everybody to know."""
        if table.name == "account":
            return bool(self.rows["party"][row["organisation_id"]]["kind"] == "bureau")
        if table.name == "matchmaking_product":
            return bool(row["state"] != "draft")
        return table.name == "matchmaking_product_version" and self._state_of("matchmaking_product", row) != "draft"

    def canary(self, table: Table, column: str, row: Row) -> str:
        name = f"{table.name}.{column}"
        if name not in self.columns:
            self.columns.append(name)
        owners = "".join(f"o{number}" for number in sorted(self.owners(table, row)))
        return f"zq{self.columns.index(name)}{'p' if self._is_private(table, row) else 'v'}{owners}z" if owners else ""

    def stamp(self) -> int:
        """A canary at the end of each owned text that is not empty; how many."""
        return sum(self._stamp(table) for table in SQLModel.metadata.sorted_tables if table.name not in LEFT_ALONE)

    def _stamp(self, table: Table) -> int:
        key = next(iter(table.primary_key.columns))
        done = 0
        for number, row in self.rows[table.name].items():
            values = {column.name: self._with_canary(table, column, row) for column in words_of(table)}
            changed = {name: text for name, text in values.items() if text and text != row[name]}
            if changed and not self.is_public(table, row):
                self.db.execute(sqlalchemy.update(table).where(key == number).values(changed))
                done += len(changed)
        return done

    def _with_canary(self, table: Table, column: "Column[Any]", row: Row) -> str:
        text, canary = row[column.name], self.canary(table, column.name, row)
        if not isinstance(text, str) or not text or text[0] in "[{" or not canary:
            return ""
        length = getattr(column.type, "length", None)
        return text[: length - len(canary)] + canary if length else text + canary

    def found_in(self, text: str) -> Iterator[Owned]:
        """The canaries in a reply."""
        for number, mark, owners in set(CANARY.findall(text)):
            parties = frozenset(int(one) for one in owners.split("o") if one)
            yield Owned(self.columns[int(number)], parties, mark == "p")


def words_of(table: Table) -> Iterable["Column[Any]"]:
    """The columns of a table that hold somebody's words or names, not codes that a rule or a CHECK reads."""
    checked = " ".join(str(one.sqltext) for one in table.constraints if isinstance(one, CheckConstraint))
    for column in table.columns:
        if (
            isinstance(getattr(column.type, "impl", column.type), String)
            and not column.foreign_keys
            and f"{column.name} IN" not in checked
            and not CODES.fullmatch(column.name)
        ):
            yield column
