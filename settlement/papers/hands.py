"""The four hands as papers show them: who signed a batch and when, or an empty place where nobody has yet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from kernel.accounts.roles import BUREAU_ROLES
from kernel.bilingual import Text
from kernel.clock import business_day
from settlement.batches.models import Batch, BatchItem, BatchSignature
from settlement.batches.reading import signatures_of
from settlement.batches.workflow import HANDS
from settlement.people import names_of

TITLE, SEAL = Text("签章", "Hands"), Text("盖章处", "Seal")
UNSIGNED = Text("", "")
DEPUTY = Text("{name}（代）", "{name} (deputy)")


@dataclass(frozen=True)
class PaperHand:
    """One place for a hand; `name` and `day` (ISO) are empty until somebody has signed."""

    role: Text
    name: Text = UNSIGNED
    day: str = ""


NOBODY = tuple(PaperHand(BUREAU_ROLES[step.role]) for step in HANDS)


def hands_on(db: Session, batch: Batch) -> tuple[PaperHand, ...]:
    """The hands on a batch in their order; a voided signature leaves its place empty."""
    signed = {one.step: one for one in signatures_of(db, batch)}
    names = names_of(db, [one.signed_by for one in signed.values()])
    return tuple(
        _hand(place, signed[step.move], names) if step.move in signed else place
        for place, step in zip(NOBODY, HANDS, strict=True)
    )


def hands_for(db: Session, revision: int, standings: Sequence[tuple[Batch, BatchItem]]) -> tuple[PaperHand, ...]:
    """The hands on the newest of some batches that holds a revision of a statement; empty places where none does."""
    holding = [batch for batch, item in standings if item.revision == revision]
    return hands_on(db, holding[-1]) if holding else NOBODY


def _hand(place: PaperHand, signed: BatchSignature, names: dict[int, str]) -> PaperHand:
    name = names.get(signed.signed_by, "")
    words = DEPUTY.format(name=name) if signed.deputy_id else Text(name, name)
    return PaperHand(place.role, words, business_day(signed.signed_at).isoformat())


def hands_told(hands: tuple[PaperHand, ...], lang: str) -> dict[str, Any]:
    """What a template prints of them."""
    return {
        "title": TITLE.in_language(lang),
        "seal": SEAL.in_language(lang),
        "rows": [
            {"role": one.role.in_language(lang), "name": one.name.in_language(lang), "at": one.day} for one in hands
        ],
    }
