"""Where the pool meets the awards: a firm that reached scale finds its claim of awards 27 and 28 drafted."""

from datetime import date, datetime

from flask import url_for
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.money import yuan
from matchmaking.pool.scale_awards import ScaleClaim
from settlement.awards import service
from settlement.awards.schemas import LONGEST_DOCUMENT, stated_from_json
from settlement.event_awards import kind_of
from settlement.handed_over import policy_book

SCHEME = "first-entry-award"


def draft_scale_award(db: Session, caller: Caller, said: ScaleClaim, at: datetime, today: date) -> str:
    """Draft the claim with the day and the facts already stated; the page on which papers are attached and it is filed."""
    book = policy_book()
    values = {
        "scheme": SCHEME,
        "day": said.entered_on,
        "document": said.document[:LONGEST_DOCUMENT],
        "facts": {"was_in_register": said.was_in_register, "revenue": yuan(said.revenue)},
    }
    stated = stated_from_json(kind_of(SCHEME), values, book)
    claim = service.draft(db, caller, stated, code=said.enterprise_code, book=book, at=at, today=today)
    return url_for("awards.show", claim_id=claim.id)
