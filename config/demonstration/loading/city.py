"""The whole city into empty books, step by step: who is who first, then what they filed, then the weeks that have passed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from flask import Flask
from sqlmodel import select

from config.demonstration.loading import (
    accounts,
    awards,
    bridging,
    followed_referrals,
    living_week,
    market_marks,
    paid_quarters,
    parties,
    pool,
    recommended_needs,
    renewals,
    returns,
    weeks,
)
from kernel import database
from kernel.clock import SHANGHAI, business_day
from kernel.parties.models import Party
from kernel.periods import Quarter

PRESENT = datetime(2022, 10, 20, 9, 0, tzinfo=SHANGHAI)  # the day of the design's pictures
OPENED = datetime(2022, 5, 24, 9, 0, tzinfo=SHANGHAI)  # the day the notice was signed
BASE = Quarter(2021, 4)
LAST = Quarter(2023, 2)


@dataclass(frozen=True)
class Step:
    """One step of loading: what people see while it runs, and the work."""

    title: str
    run: Callable[[], None]


def is_empty(app: Flask) -> bool:
    """Whether no party has been entered yet."""
    with app.app_context():
        return database.current().exec(select(Party.id).limit(1)).first() is None


def _written(app: Flask, work: Callable[..., None], city: Path) -> None:
    with app.app_context():
        database.write(database.current(), lambda db: work(db, city, at=OPENED))


def _party_steps(app: Flask, city: Path) -> Iterator[Step]:
    for title, work in (
        ("单位 offices", parties.load_offices),
        ("机构 institutions", parties.load_institutions),
        ("企业 enterprises", parties.load_enterprises),
        ("人员 people", parties.load_people),
    ):
        yield Step(title, partial(_written, app, work, city))


def quarters_reported(present: date) -> list[Quarter]:
    """The quarters on which banks have reported by a day, from the first base date on."""
    return [quarter for quarter in BASE.through(LAST) if quarter.last_day < present]


def _return_files(city: Path, quarter: Quarter) -> list[Path]:
    """The returns of one quarter that came in time, the banks' by institution, then the guarantors'."""
    of_banks = (city / "returns").glob(f"*_{quarter}_loans.*")
    of_guarantors = (city / "guarantees").glob(f"*_{quarter}_guarantees.*")
    return [*sorted(of_banks), *sorted(of_guarantors)]


def _quarter_steps(app: Flask, city: Path, quarter: Quarter) -> Iterator[Step]:
    for path in _return_files(city, quarter):
        yield Step(f"{quarter} 报表 returns", partial(returns.file_and_certify, app, path, quarter))
    yield Step(f"{quarter} 核定余额 certified balances", partial(returns.record_certified, app, city, quarter))
    if quarter > BASE:
        yield Step(f"{quarter} 结算单 statements", partial(returns.draft, app, quarter))


def _bureau_steps(app: Flask, present: date) -> Iterator[Step]:
    yield Step("决定 decisions", partial(paid_quarters.decide_words, app))
    for one in paid_quarters.SETTLED:
        if one.opened_on < present:
            yield Step(f"{one.quarter} 批次和拨付 batch and payments", partial(paid_quarters.settle, app, one))


def _week_steps(app: Flask, city: Path, present: datetime) -> Iterator[Step]:
    yield Step("产品 products", partial(weeks.load_products, app, city, at=OPENED))
    yield Step("产品标记、老客户 marks, prior clients", partial(market_marks.load, app, at=OPENED))
    for week in weeks.weeks(city):
        hold = living_week.hold if living_week.is_living(week, present) else weeks.hold
        yield Step(f"{week} 对接会 session", partial(hold, app, city, week, present=present))
        yield Step(f"{week} 推荐 referrals", partial(followed_referrals.follow, app, week, present=present))
    yield Step("系列 series", partial(living_week.go_on, app, present=present))
    yield Step("需求推荐 needs recommended", partial(recommended_needs.load, app, present=present))


def steps(app: Flask, city: Path, *, present: datetime = PRESENT) -> list[Step]:
    """Everything that had happened by `present`, in the order in which it happened."""
    quarters = quarters_reported(business_day(present))
    return [
        *_party_steps(app, city),
        Step("收付款账户 accounts", partial(accounts.load_accounts, app, at=OPENED)),
        Step("预算 budgets", partial(accounts.load_budgets, app, at=OPENED)),
        *(step for quarter in quarters for step in _quarter_steps(app, city, quarter)),
        Step("奖补申报 award claims", partial(awards.load_claims, app, present=present)),
        Step("奖补结算单 award statements", partial(awards.draft_awards, app, present=present)),
        *_bureau_steps(app, business_day(present)),
        Step("培育库 pool", partial(pool.load_pool, app, present=present)),
        Step("白名单 whitelist", partial(pool.load_whitelist, app, present=present)),
        Step("续贷和延期 renewals and deferrals", partial(renewals.load_renewals, app, present=present)),
        Step("应急转贷和到期提醒 bridging fund and radar", partial(bridging.load_bridging, app, present=present)),
        *_week_steps(app, city, present),
    ]
