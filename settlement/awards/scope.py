"""Who claims, who decides, and whose claims somebody sees; another's claim is the same answer as no claim."""

from sqlalchemy import ColumnElement, false, or_
from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.errors import Forbidden, NotFound
from kernel.parties.models import Party
from settlement.awards.models import AwardClaim
from settlement.awards.workflow import DRAFT
from settlement.event_awards import EVENT_KINDS, AwardKind
from settlement.returns.service import SEES_ALL

APPLICANTS = ("owner", "clerk", "maker", "county_officer")
DECIDERS = ("operator", "industry_officer")
ENTERING = (*APPLICANTS, *DECIDERS)
READERS = tuple(dict.fromkeys((*ENTERING, *SEES_ALL)))
_KIND_OF_ROLE = {"owner": "enterprise", "clerk": "enterprise", "maker": "institution", "county_officer": "bureau"}


def may_not() -> Forbidden:
    return Forbidden(
        "role_may_not",
        "你的角色不能做这件事；需要时请联系本单位管理人员",
        "Your role may not do this; ask your organisation",
    )


def enters_for_others(caller: Caller) -> bool:
    """Whether the caller's bureau may enter claims for parties that do not claim themselves."""
    return caller.role in DECIDERS and caller.organisation_kind == "bureau"


def decides(caller: Caller, kind: AwardKind) -> bool:
    """Whether the caller's hand decides on claims of the kind: the responsible officer, or the finance bureau's operator."""
    return caller.organisation_kind == "bureau" and caller.role in ("operator", kind.responsible)


def claimable(caller: Caller) -> list[AwardKind]:
    """The kinds of event that the caller may claim, or enter for others."""
    if enters_for_others(caller):
        return [kind for kind in EVENT_KINDS.values() if decides(caller, kind)]
    own = _KIND_OF_ROLE.get(caller.role)
    if own is None or own != caller.organisation_kind:
        return []
    return [kind for kind in EVENT_KINDS.values() if own in kind.applicants]


def check_may_claim(caller: Caller, kind: AwardKind) -> None:
    """Forbidden where the caller's side does not claim this kind."""
    if kind not in claimable(caller):
        raise may_not()


def seen_by(caller: Caller) -> ColumnElement[bool]:
    """One's own claims; the bureaus that decide or watch see what was filed, a county what concerns its region."""
    entered = col(AwardClaim.entered_organisation_id) == caller.organisation_id
    is_filed = col(AwardClaim.state) != DRAFT
    own = (col(AwardClaim.beneficiary_id) == caller.organisation_id) & is_filed
    if caller.organisation_kind == "bureau" and caller.role in (*SEES_ALL, *DECIDERS):
        return or_(is_filed, entered)
    if caller.role == "county_officer" and caller.organisation_kind == "bureau":
        return or_(own, entered, is_filed & (col(AwardClaim.region) == caller.fiscal_region))
    if _KIND_OF_ROLE.get(caller.role) == caller.organisation_kind:
        return or_(own, entered)
    return false()


def claim_by_id(db: Session, caller: Caller, claim_id: int) -> AwardClaim:
    """One claim that the caller may see, or NotFound."""
    query = select(AwardClaim).where(AwardClaim.id == claim_id, seen_by(caller))
    found = db.exec(query.execution_options(populate_existing=True)).first()
    if found is None:
        raise NotFound("award_claim_not_found", "没有这份申报", "There is no such claim")
    return found


def is_applicant(caller: Caller, claim: AwardClaim) -> bool:
    """Whether the claim is the caller's organisation's to change: theirs who entered it."""
    return caller.role in ENTERING and claim.entered_organisation_id == caller.organisation_id


def beneficiary_for(db: Session, caller: Caller, kind: AwardKind, code: str) -> Party:
    """Whom a new claim is for: the caller's own organisation, or the party a bureau names. NotFound for a stranger to the kind."""
    wanted = Party.id == caller.organisation_id if not enters_for_others(caller) else Party.code == code
    party = db.exec(select(Party).where(wanted)).first()
    if party is None or party.kind not in kind.applicants:
        raise NotFound(
            "party_not_found", f"没有找到能报这项奖补的单位 {code}", f"No party {code} that may claim this award"
        )
    return party
