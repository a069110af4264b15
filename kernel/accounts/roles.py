"""The roles of domain §1 and which kind of organisation each belongs to. Pure."""

from kernel.bilingual import Text

BUREAU_ROLES = {
    "operator": Text("经办", "Operator"),
    "reviewer": Text("复核", "Reviewer"),
    "approver": Text("审批", "Approver"),
    "cashier": Text("拨付", "Cashier"),
    "auditor": Text("审计", "Auditor"),
    "organiser": Text("对接组织", "Session organiser"),
    "industry_officer": Text("工信专员", "Industry officer"),
    "central_bank_officer": Text("人行专员", "Central bank officer"),
    "county_officer": Text("区县专员", "County officer"),
    "system_administrator": Text("系统管理", "System administrator"),
    "security_administrator": Text("安全管理", "Security administrator"),
    "audit_administrator": Text("审计管理", "Audit administrator"),
}
INSTITUTION_ROLES = {
    "maker": Text("录入", "Maker"),
    "checker": Text("复核认证", "Checker"),
    "product_manager": Text("产品经理", "Product manager"),
}
ENTERPRISE_ROLES = {"owner": Text("负责人", "Owner"), "clerk": Text("经办员", "Clerk")}

ROLES = BUREAU_ROLES | INSTITUTION_ROLES | ENTERPRISE_ROLES
ROLES_OF_KIND = {"bureau": BUREAU_ROLES, "institution": INSTITUTION_ROLES, "enterprise": ENTERPRISE_ROLES}
FINANCE_SIDE = ("operator", "reviewer", "approver", "cashier", "auditor")


def may_hold(role: str, organisation_kind: str) -> bool:
    """Whether someone of such an organisation may hold the role."""
    return role in ROLES_OF_KIND.get(organisation_kind, {})
