"""Which official of the bureau does what. Tokens and administrators may do none of it (reliability rule 12)."""

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import Forbidden, Refused

PROPOSER, CHECKER, CASHIER = "operator", "reviewer", "cashier"


def require_official(caller: Caller, role: str, what: Text) -> None:
    """Forbidden unless the caller is such an official of the bureau, present in person."""
    if caller.role != role or caller.organisation_kind != "bureau" or caller.token_scopes is not None:
        raise Forbidden(
            "role_may_not", f"{what.zh}，令牌和管理员都不行", f"{what.en}; tokens and administrators may not"
        )


def require_proposer(caller: Caller) -> None:
    require_official(caller, PROPOSER, Text("这件事由经办登记", "The operator enters this"))


def require_checker(caller: Caller) -> None:
    require_official(caller, CHECKER, Text("这件事由复核确认", "The reviewer checks this"))


def require_cashier(caller: Caller) -> None:
    require_official(caller, CASHIER, Text("付款由拨付办理", "The cashier pays"))


def require_another(caller: Caller, proposed_by: int) -> None:
    """Refused for the person who proposed: two people, whatever their roles."""
    if caller.account_id == proposed_by:
        raise Refused(
            "same_person", "登记的人不能自己复核，请换一个人", "Who entered this may not check it; ask another person"
        )
