"""What the composition root hands over to the payments: the batches' approved items, the treasury, the policies with their decisions."""

from collections.abc import Sequence

from flask import current_app
from sqlmodel import Session

from kernel.errors import NotFound
from kernel.policies import PolicyBook
from settlement.handed_over import policy_book
from settlement.payments.approved import ApprovedItem
from settlement.payments.blocks import ApprovedItems
from settlement.payments.sending import PayingOffice
from settlement.payments.treasury import FolderTreasury, Treasury


def no_batches(_db: Session, _batch: str) -> Sequence[ApprovedItem]:
    """Stands where no one keeps batches: there is none."""
    raise NotFound("batch_not_found", "没有这个批次", "There is no such batch")


def approvals() -> ApprovedItems:
    """Where approved items come from."""
    found: ApprovedItems = current_app.extensions.get("approved_items", no_batches)
    return found


def treasury() -> Treasury:
    """Where orders are sent: the folder that the treasury collects from, unless another was handed over."""
    found: Treasury | None = current_app.extensions.get("treasury")
    return found or FolderTreasury(current_app.extensions["settings"].data_dir.resolve() / "treasury")


def policies() -> PolicyBook:
    """The policies in force."""
    return policy_book()


def office() -> PayingOffice:
    """Everything that sending needs."""
    return PayingOffice(treasury(), approvals(), policies())
