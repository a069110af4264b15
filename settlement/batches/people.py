"""Who may make a move on a batch: the role's own people and their deputies, each in person (reliability rule 12)."""

from datetime import date

from sqlalchemy import ColumnElement, exists
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.errors import Forbidden
from settlement.batches.models import Deputy
from settlement.batches.workflow import HAND_ROLES


def require_hand(caller: Caller) -> None:
    """Forbidden for tokens, administrators and everybody who is not one of the four officials of the bureau."""
    if caller.role not in HAND_ROLES or caller.organisation_kind != "bureau" or caller.token_scopes is not None:
        raise Forbidden(
            "role_may_not",
            "只有经办、复核、审批、拨付本人能办；令牌和管理员都不行",
            "Only the operator, reviewer, approver and cashier in person; no token and no administrator",
        )


def _deputises(account_id: int, today: date) -> ColumnElement[bool]:
    return (
        (col(Deputy.account_id) == account_id)
        & col(Deputy.ended_at).is_(None)
        & (col(Deputy.since) <= today)
        & (col(Deputy.until) >= today)
    )


def may_act_as(role: str, account_id: int, today: date) -> ColumnElement[bool]:
    """The person test for the WHERE of a move: the account is active and holds the role, or deputises for it today."""
    mine = (col(Account.id) == account_id) & col(Account.is_active) & col(Account.role).in_(HAND_ROLES)
    own = exists().where(mine & (col(Account.role) == role))
    principal = exists().where((col(Account.id) == col(Deputy.principal_id)) & (col(Account.role) == role))
    deputy = exists().where(_deputises(account_id, today) & (col(Deputy.role) == role) & principal)
    return exists().where(mine) & (own | deputy)


def deputation(db: Session, caller: Caller, role: str, today: date) -> Deputy | None:
    """The deputyship under which somebody acts in another role today; None for the role's own people."""
    if caller.role == role:
        return None
    return db.exec(select(Deputy).where(_deputises(caller.account_id, today), Deputy.role == role)).first()


def acts_as(db: Session, caller: Caller, today: date) -> frozenset[str]:
    """The roles that somebody may act in today: for what a page offers; the move itself decides anew."""
    if caller.role not in HAND_ROLES or caller.token_scopes is not None:
        return frozenset()
    others = db.exec(select(Deputy.role).where(_deputises(caller.account_id, today)))
    return frozenset({caller.role, *others})
