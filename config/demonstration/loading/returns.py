"""What banks filed, the central bank certified and the service drafted, through the settlement's own services."""

from datetime import date, datetime, time, timedelta
from pathlib import Path

from flask import Flask
from sqlmodel import Session, select

from config.demonstration.loading.tables import rows
from kernel import database
from kernel.accounts.models import Account
from kernel.accounts.service import Caller, caller_for
from kernel.clock import SHANGHAI, business_day
from kernel.money import parse_yuan
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.certified_balances.service import Figure, record_balance
from settlement.handed_over import policy_book, premises
from settlement.returns import service
from settlement.returns.filing import Upload, file_return
from settlement.returns.sending import send_for_certification
from settlement.statements.drafting import draft_all

FILED, RETURN_CERTIFIED, BALANCE_CERTIFIED, DRAFTED = 8, 9, 14, 17  # days after the quarter's last


def moment(quarter: Quarter, days_after: int, hour: int) -> datetime:
    """An hour of the day that lies so many days after a quarter's last."""
    return datetime.combine(quarter.last_day + timedelta(days=days_after), time(hour, 15), SHANGHAI)


def person(db: Session, role: str, organisation_code: str | None = None) -> Caller:
    """The caller behind the one demonstration account with this role, at an organisation if the role is held at several."""
    query = select(Account).where(Account.organisation_id == Party.id, Account.role == role)
    if organisation_code is not None:
        query = query.where(Party.code == organisation_code)
    account = db.exec(query).first()
    found = caller_for(db, account.id) if account and account.id else None
    assert found is not None, (role, organisation_code)
    return found


def file_and_certify(app: Flask, path: Path, quarter: Quarter) -> None:
    """One institution's return, with its events where they lie beside it: filed by its maker, sent to be certified, certified by
    its checker."""
    code = path.stem.split("_")[0]
    events = next(path.parent.glob(f"{code}_{quarter}_guarantee_events.*"), None)
    with app.app_context():
        db = database.current()
        maker, checker = person(db, "maker", code), person(db, "checker", code)
        filed_at, certified_at = moment(quarter, FILED, 16), moment(quarter, RETURN_CERTIFIED, 9)
        filed = file_return(
            db,
            maker,
            Upload(path, path.name),
            quarter=quarter,
            premises=premises(),
            at=filed_at,
            today=business_day(filed_at),
            events=Upload(events, events.name) if events else None,
        )
        assert filed.id is not None
        number, digest = filed.id, filed.row_digest or ""
        database.write(db, lambda db: send_for_certification(db, maker, number, at=filed_at))
        database.write(db, lambda db: service.certify(db, checker, number, digest=digest, at=certified_at))


def record_certified(app: Flask, city: Path, quarter: Quarter) -> None:
    """The central bank branch's figures for one quarter end."""
    at = moment(quarter, BALANCE_CERTIFIED, 10)
    with app.app_context():
        officer = person(database.current(), "central_bank_officer")

        def work(db: Session) -> None:
            for row in rows(city / "certified.csv"):
                if date.fromisoformat(row["date"]) == quarter.last_day:
                    figure = Figure(row["institution_code"], quarter, parse_yuan(row["balance"]), row["document"])
                    record_balance(db, officer, figure, book=policy_book(), at=at, today=business_day(at))

        database.write(database.current(), work)


def draft(app: Flask, quarter: Quarter) -> None:
    """The quarter's draft statements, as the scheduler's job made them on the day."""
    with app.app_context():
        draft_all(database.current(), quarter, premises=premises(), at=moment(quarter, DRAFTED, 10))
