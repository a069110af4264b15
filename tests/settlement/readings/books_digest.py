"""One digest over every row of every table: what a what-if must leave as it was."""

import hashlib

from sqlalchemy import inspect, text
from sqlmodel import Session


def books_digest(db: Session) -> str:
    """Hex SHA-256 over all tables by name and all their rows in the order of their text."""
    db.rollback()
    whole = hashlib.sha256()
    for table in sorted(inspect(db.get_bind()).get_table_names()):
        rows = sorted(repr(tuple(row)) for row in db.execute(text(f'SELECT * FROM "{table}"')))
        whole.update("\n".join([table, *rows]).encode())
    db.rollback()
    return whole.hexdigest()
