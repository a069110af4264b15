"""What the composition root hands over to the payments: the batches' approved items, the treasury, the policies with their decisions."""

from flask import current_app

from kernel.policies import PolicyBook
from settlement.handed_over import policy_book
from settlement.payments.blocks import ApprovedItems
from settlement.payments.from_batches import approved_items
from settlement.payments.sending import PayingOffice
from settlement.payments.treasury import FolderTreasury, Treasury


def approvals() -> ApprovedItems:
    """Where approved items come from: the batches, unless another source was handed over."""
    found: ApprovedItems = current_app.extensions.get("approved_items", approved_items)
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
