"""A referral that ends without a bank's decision, and who is told: the bank that was at work on it, the firm when it expires."""

from datetime import datetime

from sqlmodel import Session

from kernel.audit.service import THE_SERVICE
from kernel.bilingual import Text
from kernel.outbox.service import publish
from kernel.outbox.texts import Facts
from matchmaking.referrals import events
from matchmaking.referrals.models import Referral
from matchmaking.referrals.moving import SUBJECT, MoveChange, advance, row_of
from matchmaking.referrals.reading import bank_named
from matchmaking.referrals.workflow import STATES

TAKEN_BACK = Text("企业撤回了", "the enterprise took it back")
WHY = {
    "withdraw": Text("申请或面谈取消了", "the request or its meeting was called off"),
    "expire": Text("同意的期限到了", "the consent is over"),
}


def end(db: Session, referral_id: int, verb: str, *, at: datetime) -> Referral:
    """Close a referral whose ground is gone."""
    change = MoveChange(note=WHY[verb].zh, detail={"why": verb})
    ended = advance(db, row_of(db, referral_id), verb, change=change, by=THE_SERVICE, at=at)
    bank = bank_named(db, ended.institution_id)
    tell_bank_of_end(db, ended, bank, WHY[verb], at=at)
    if verb == "expire":
        _tell(db, ended, ended.enterprise_id, bank, WHY[verb], at)
    return ended


def tell_bank_of_end(db: Session, ended: Referral, bank: str, why: Text, *, at: datetime) -> None:
    """The bank reads that it ended; of one that was never delivered it has not heard and hears nothing."""
    if ended.delivered_at is not None:
        _tell(db, ended, ended.institution_id, bank, why, at)


def _tell(db: Session, ended: Referral, party_id: int, bank: str, why: Text, at: datetime) -> None:
    state = STATES[ended.state]
    facts: Facts = {
        "bank": bank,
        "referral": ended.id,
        "state": state.zh,
        "state_en": state.en,
        "why": why.zh,
        "why_en": why.en,
    }
    subject = (SUBJECT, ended.id or 0)
    publish(db, events.ENDED_BEFORE_DECISION.name, party_id=party_id, subject=subject, facts=facts, at=at)
