"""The lists of payments, as their pages and files hold them: orders, accounts, budgets, recovery notices."""

from dataclasses import dataclass

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from settlement.payments import labels
from settlement.payments.models import Appropriation, PayeeAccount, PaymentOrder
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.workflow import CHECK_STATES, ORDER_STATES


@dataclass(frozen=True)
class HeldAccount:
    """An account with the name of the beneficiary or treasury that holds it."""

    account: PayeeAccount
    holder_name: str | Text


ORDERS = ListLayout(
    "payment-orders",
    Text("拨付令", "Payment orders"),
    (
        ListColumn("number", Text("编号", "Number"), "number", col(PaymentOrder.number)),
        ListColumn("payer", Text("付款方", "Payer"), "payer", col(PaymentOrder.payer), labels.PAYERS),
        ListColumn("batch", Text("批次", "Batch"), "batch", col(PaymentOrder.batch)),
        ListColumn("budget_year", Text("预算年度", "Budget year"), "budget_year"),
        ListColumn("state", Text("走到哪一步", "Step"), "state", col(PaymentOrder.state), ORDER_STATES),
        ListColumn("drawn_at", Text("开令", "Drawn"), "drawn_at", col(PaymentOrder.drawn_at)),
        ListColumn("total", Text("合计（元）", "Total (yuan)"), "total", col(PaymentOrder.total), money=True),
    ),
)
PAYEES = ListLayout(
    "payees",
    Text("收付款账户", "Accounts"),
    (
        ListColumn("holder_name", Text("单位", "Holder"), "holder_name"),
        ListColumn("holder", Text("单位代码", "Holder's code"), "account.holder", col(PayeeAccount.holder)),
        ListColumn("version", Text("第几版", "Version"), "account.version"),
        ListColumn(
            "account_name", Text("户名", "Account name"), "account.account_name", col(PayeeAccount.account_name)
        ),
        ListColumn("account_number", Text("账号", "Account number"), "account.account_number"),
        ListColumn("bank_name", Text("开户行", "Bank"), "account.bank_name"),
        ListColumn("bank_code", Text("行号", "Bank code"), "account.bank_code"),
        ListColumn("document", Text("依据", "Document"), "account.document", col(PayeeAccount.document)),
        ListColumn("state", Text("状态", "State"), "account.state", col(PayeeAccount.state), CHECK_STATES),
        ListColumn(
            "effective_from", Text("起用", "In use from"), "account.effective_from", col(PayeeAccount.effective_from)
        ),
        ListColumn("reason", Text("原因", "Reason"), "account.reason"),
    ),
)
BUDGETS = ListLayout(
    "budgets",
    Text("预算批复", "Budget decisions"),
    (
        ListColumn("payer", Text("付款方", "Payer"), "payer", col(Appropriation.payer), labels.PAYERS),
        ListColumn("budget_year", Text("预算年度", "Budget year"), "budget_year", col(Appropriation.budget_year)),
        ListColumn("document", Text("文号", "Document"), "document", col(Appropriation.document)),
        ListColumn("state", Text("状态", "State"), "state", col(Appropriation.state), CHECK_STATES),
        ListColumn("amount", Text("金额（元）", "Amount (yuan)"), "amount", col(Appropriation.amount), money=True),
        ListColumn("reason", Text("原因", "Reason"), "reason"),
    ),
)
RECOVERIES = ListLayout(
    "recovery-notices",
    Text("追回通知", "Recovery notices"),
    (
        ListColumn("number", Text("编号", "Number"), "number", col(RecoveryNotice.number)),
        ListColumn("payer", Text("付款方", "Payer"), "payer", col(RecoveryNotice.payer), labels.PAYERS),
        ListColumn("beneficiary_code", Text("统一社会信用代码", "Credit code"), "beneficiary_code"),
        ListColumn("beneficiary_name", Text("单位", "Party"), "beneficiary_name", col(RecoveryNotice.beneficiary_name)),
        ListColumn("due_on", Text("缴回期限", "To be paid back by"), "due_on", col(RecoveryNotice.due_on)),
        ListColumn("amount", Text("金额（元）", "Amount (yuan)"), "amount", col(RecoveryNotice.amount), money=True),
        ListColumn("recovered", Text("已追回（元）", "Recovered (yuan)"), "recovered", money=True),
        ListColumn("set_off", Text("已抵扣（元）", "Set off (yuan)"), "set_off", money=True),
        ListColumn("open_amount", Text("还要追回的（元）", "Still to recover (yuan)"), "open_amount", money=True),
        ListColumn("reason", Text("原因", "Reason"), "reason"),
    ),
)
