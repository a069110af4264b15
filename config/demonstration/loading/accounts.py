"""Accounts to pay to and from, and the year's budgets: entered by the operator and checked by the reviewer when all opened."""

import hashlib
from datetime import datetime

from flask import Flask
from sqlmodel import Session, col, func, select

from config.demonstration.loading.returns import person
from config.demonstration.parties import ENTERPRISES
from kernel import database
from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.clock import business_day
from kernel.parties.models import Party
from kernel.regions import REGIONS
from settlement.fiscal_shares import CITY, PROVINCE
from settlement.handed_over import policy_book, work_calendar
from settlement.payments.appropriations import check_appropriation, propose_appropriation
from settlement.payments.labels import PAYERS
from settlement.payments.payees import AccountDetails, check_payee, propose_payee
from settlement.payments.rules import payment_rules

BANKS = (("中国工商银行", "102495000011"), ("中国农业银行", "103495000024"), ("中国建设银行", "105495000018"))
CITY_BUDGET = 30_000_000_00
REGION_BUDGET = 5_000_000_00
DOCUMENT = "演示数据"


def _details(holder: str, name: str) -> AccountDetails:
    """A made-up account, the same for everybody who loads the city."""
    number = int(hashlib.sha256(f"account of {holder}".encode()).hexdigest(), 16)
    bank, code = BANKS[number % len(BANKS)]
    return AccountDetails(name, f"62{number % 10**17:017d}", f"{bank}平顶山分行", code, DOCUMENT)


def _holders(db: Session) -> dict[str, str]:
    """Everybody with people who sign in, and every payer."""
    known = select(Account.organisation_id)
    parties = db.exec(select(Party).where(col(Party.kind) != "bureau", col(Party.id).in_(known)).order_by(Party.code))
    return {party.code: party.name for party in parties} | {code: title.zh for code, title in PAYERS.items()}


def load_accounts(app: Flask, *, at: datetime) -> None:
    """An account for every party that signs in, and every payer."""
    with app.app_context():
        day, calendar = business_day(at), work_calendar()
        rules = payment_rules(policy_book(), day)
        maker, checker = person(database.current(), "operator"), person(database.current(), "reviewer")

        def work(db: Session) -> None:
            for holder, name in _holders(db).items():
                row = propose_payee(db, maker, holder, _details(holder, name), at=at)
                check_payee(db, checker, row, accept=True, rules=rules, calendar=calendar, at=at, today=day)

        database.write(database.current(), work)


def load_budgets(app: Flask, *, at: datetime) -> None:
    """What the city, its regions and the province may spend this year: as many times as the city was drawn larger."""
    with app.app_context():
        maker, checker = person(database.current(), "operator"), person(database.current(), "reviewer")
        database.write(database.current(), lambda db: _budgets(db, maker, checker, at))


def _budgets(db: Session, maker: Caller, checker: Caller, at: datetime) -> None:
    day, scale = business_day(at), _scale(db)
    for payer in (CITY, PROVINCE, *(region.code for region in REGIONS)):
        amount = scale * (CITY_BUDGET if payer == CITY else REGION_BUDGET)
        row = propose_appropriation(
            db, maker, payer=payer, budget_year=day.year, amount=amount, document=DOCUMENT, at=at
        )
        check_appropriation(db, checker, row, accept=True, at=at, today=day)


def _scale(db: Session) -> int:
    """How many times the loaded city is the ordinary one, by its enterprises."""
    loaded = select(func.count()).select_from(Party).where(col(Party.kind) == "enterprise")
    return max(1, db.exec(loaded).one() // ENTERPRISES)
