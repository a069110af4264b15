"""The acts of bank and enterprise by name: what each takes, and the service function behind it. Page and API share it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.fields import Schema
from matchmaking.referrals import drawing, schemas, service


@dataclass(frozen=True)
class ReferralAct:
    """One act: the words of its button, the schema of what it takes, and what is done."""

    label: Text
    schema: type[Schema]
    run: Callable[..., Any]


def _approve(db: Session, caller: Caller, referral_id: int, *, at: datetime, **values: Any) -> object:
    return service.approve(db, caller, referral_id, granted=schemas.approval_from(values), at=at)


BANK_ACTS = {
    "accept": ReferralAct(Text("受理", "Accept"), schemas.NothingSchema, service.accept),
    "contact": ReferralAct(Text("记联系", "Record the contact"), schemas.ContactNoteSchema, service.contact),
    "investigate": ReferralAct(Text("开始尽调", "Start due diligence"), schemas.ContactNoteSchema, service.investigate),
    "approve": ReferralAct(Text("写决定：授信", "Approve"), schemas.ApprovalSchema, _approve),
    "refuse": ReferralAct(Text("谢绝", "Decline"), schemas.RefusalSchema, service.refuse),
    "sign": ReferralAct(Text("记签约", "Record the contract"), schemas.ContractSchema, service.sign),
    "draw": ReferralAct(Text("记放款", "Record a drawdown"), schemas.DrawdownSchema, drawing.draw),
    "ask-for-papers": ReferralAct(Text("要企业补材料", "Ask for papers"), schemas.PapersSchema, service.ask_for_papers),
    "go-on": ReferralAct(Text("材料齐了，继续计时", "Papers are in"), schemas.SuppliedSchema, service.papers_are_in),
}
FIRM_ACTS = {
    "papers-are-in": ReferralAct(
        Text("材料补好了", "The papers are in"), schemas.SuppliedSchema, service.papers_are_in
    ),
    "withdraw": ReferralAct(Text("不办了", "Withdraw"), schemas.ReferralReasonSchema, service.withdraw),
    "move-elsewhere": ReferralAct(Text("换一家银行", "Another bank"), schemas.RelocationSchema, service.move_elsewhere),
}
