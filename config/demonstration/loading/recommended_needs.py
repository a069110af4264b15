"""Needs of pool firms that the city recommended yesterday, and what the banks said to it; those of today wait for the organiser."""

from datetime import datetime, timedelta

from flask import Flask
from sqlmodel import Session, col, select

from config.demonstration.loading.returns import person
from kernel import database
from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from matchmaking.matching_policy import matching_policy
from matchmaking.recommendations import service
from matchmaking.recommendations.choosing import candidates, fitting_banks, needs_of_pool_firms
from matchmaking.recommendations.models import Recommendation
from matchmaking.referrals.reading import past_refusers
from settlement.handed_over import policy_book

SENT = 2  # needs; the others are left for whoever looks at the demonstration
ANSWERS = (("take_up", "孙悦周五上午来厂，带上报表"), ("decline", "08"), ("take_up", "请到营业部二楼小微中心，随时"))


def load(app: Flask, *, present: datetime) -> None:
    """Recommend the first needs, and have the first banks answer."""
    with app.app_context():
        database.write(database.current(), lambda db: _load(db, present))


def _load(db: Session, present: datetime) -> None:
    sent_at = present - timedelta(hours=17)
    day, organiser = business_day(sent_at), person(db, "organiser")
    policy = matching_policy(policy_book(), day)
    found = candidates(db, needs_of_pool_firms(db, day))
    banks = fitting_banks(db, found, policy=policy, day=day, past_refusers=past_refusers)
    wanted = [one for one in found if banks[one.filed.id]]
    service.recommend(
        db, organiser, [one.filed.id for one in wanted[:SENT]], policy=policy, past_refusers=past_refusers, at=sent_at
    )
    query = select(Recommendation, Party).where(Party.id == Recommendation.institution_id)
    rows = db.exec(query.order_by(col(Recommendation.id))).all()
    for (row, bank), (act, said) in zip(rows, ANSWERS, strict=False):
        _answer(db, person(db, "product_manager", bank.code), row, act, said, present)


def _answer(db: Session, by: Caller, row: Recommendation, act: str, said: str, present: datetime) -> None:
    at, number = present - timedelta(hours=1), row.id or 0
    if act == "take_up":
        service.take_up(db, by, number, note=said, at=at)
    else:
        service.decline(db, by, number, code=said, text="这个行业我行今年不新增，建议找同区县的农商行", at=at)
