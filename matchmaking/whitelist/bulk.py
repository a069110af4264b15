"""One move of several listings: each stays its own guarded move with its own step and entry in the trail; what fails says why."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import DomainError
from kernel.parties.models import Party
from matchmaking.whitelist.models import WhitelistEntry
from matchmaking.whitelist.scope import listings_query
from matchmaking.whitelist.service import ListingFrame, Said, check_move, move, verbs_of
from matchmaking.whitelist.views import ListingRow

BULK_VERBS = ("review", "publicise", "activate", "decline")  # a suspension or a removal has grounds of its own firm
MOST_AT_ONCE = 200


@dataclass(frozen=True)
class ListingOutcome(ListingRow):
    """What became of one listing: its refusal, if it was not moved."""

    refused: Text | None = None


def offered(caller: Caller, state: str | None) -> list[str]:
    """What somebody may do with several listings that are all in one state; each move decides anew."""
    return [verb for verb in verbs_of(caller, state) if verb in BULK_VERBS] if state else []


def chosen(db: Session, caller: Caller, ids: Iterable[int]) -> list[ListingRow]:
    """The listings among some numbers that the caller may see, by the firm's name."""
    query = listings_query(caller).where(col(WhitelistEntry.id).in_(list(ids)))
    return [ListingRow(row[0], row[1]) for row in db.execute(query.order_by(col(Party.name), col(WhitelistEntry.id)))]


def move_all(
    db: Session, caller: Caller, verb: str, ids: Iterable[int], said: Said, *, frame: ListingFrame
) -> list[ListingOutcome]:
    """Move each listing, in a savepoint of its own. Forbidden or Invalid, before any, for what no listing could be moved with."""
    check_move(caller, verb, said, frame.rules)
    return [
        ListingOutcome(row.entry, row.party, _tried(db, caller, row, verb, said, frame))
        for row in chosen(db, caller, ids)
    ]


def _tried(db: Session, caller: Caller, row: ListingRow, verb: str, said: Said, frame: ListingFrame) -> Text | None:
    try:
        with db.begin_nested():
            move(db, caller, row.entry.id or 0, verb, said, frame=frame)
    except DomainError as error:
        return error.text
    return None
