"""The list of applications to defer, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.deferrals.models import Deferral
from matchmaking.deferrals.workflow import REFUSALS, STATES
from matchmaking.renewals.lists import BANK_COLUMN, FIRM_COLUMNS

DEFERRALS = ListLayout(
    "deferrals",
    Text("延期申请", "Deferrals"),
    (
        ListColumn("loan", Text("合同号", "Loan"), "deferral.loan", col(Deferral.loan)),
        *FIRM_COLUMNS,
        BANK_COLUMN,
        ListColumn(
            "balance", Text("余额（元）", "Balance (yuan)"), "deferral.balance", col(Deferral.balance), money=True
        ),
        ListColumn("due_on", Text("到期日", "Due on"), "deferral.due_on", col(Deferral.due_on)),
        ListColumn("until", Text("想延到", "Wanted until"), "deferral.until", col(Deferral.until)),
        ListColumn("state", Text("走到哪一步", "Step"), "deferral.state", col(Deferral.state), STATES),
        ListColumn("granted_until", Text("同意延到", "Granted until"), "deferral.granted_until"),
        ListColumn("refusal", Text("不同意的原因", "Why refused"), "deferral.refusal", titles=REFUSALS),
    ),
)
