"""The lists of payments, as their pages and files hold them: orders, accounts, budgets, recovery notices."""

from dataclasses import dataclass

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import Column, Listing
from settlement.payments import labels
from settlement.payments.models import Appropriation, PayeeAccount, PaymentOrder
from settlement.payments.recoveries.models import RecoveryNotice
from settlement.payments.workflow import CHECK_STATES, ORDER_STATES


@dataclass(frozen=True)
class HeldAccount:
    """An account with the name of the beneficiary or treasury that holds it."""

    account: PayeeAccount
    holder_name: str | Text


ORDERS = Listing(
    "payment-orders",
    Text("拨付令", "Payment orders"),
    (
        Column("number", Text("编号", "Number"), "number", col(PaymentOrder.number)),
        Column("payer", Text("付款方", "Payer"), "payer", col(PaymentOrder.payer), labels.PAYERS),
        Column("batch", Text("批次", "Batch"), "batch", col(PaymentOrder.batch)),
        Column("budget_year", Text("预算年度", "Budget year"), "budget_year"),
        Column("state", Text("走到哪一步", "Step"), "state", col(PaymentOrder.state), ORDER_STATES),
        Column("drawn_at", Text("开令", "Drawn"), "drawn_at", col(PaymentOrder.drawn_at)),
        Column("total", Text("合计（元）", "Total (yuan)"), "total", col(PaymentOrder.total), money=True),
    ),
)
PAYEES = Listing(
    "payees",
    Text("收付款账户", "Accounts"),
    (
        Column("holder_name", Text("单位", "Holder"), "holder_name"),
        Column("holder", Text("单位代码", "Holder's code"), "account.holder", col(PayeeAccount.holder)),
        Column("version", Text("第几版", "Version"), "account.version"),
        Column("account_name", Text("户名", "Account name"), "account.account_name", col(PayeeAccount.account_name)),
        Column("account_number", Text("账号", "Account number"), "account.account_number"),
        Column("bank_name", Text("开户行", "Bank"), "account.bank_name"),
        Column("bank_code", Text("行号", "Bank code"), "account.bank_code"),
        Column("document", Text("依据", "Document"), "account.document", col(PayeeAccount.document)),
        Column("state", Text("状态", "State"), "account.state", col(PayeeAccount.state), CHECK_STATES),
        Column(
            "effective_from", Text("起用", "In use from"), "account.effective_from", col(PayeeAccount.effective_from)
        ),
        Column("reason", Text("原因", "Reason"), "account.reason"),
    ),
)
BUDGETS = Listing(
    "budgets",
    Text("预算批复", "Budget decisions"),
    (
        Column("payer", Text("付款方", "Payer"), "payer", col(Appropriation.payer), labels.PAYERS),
        Column("budget_year", Text("预算年度", "Budget year"), "budget_year", col(Appropriation.budget_year)),
        Column("document", Text("文号", "Document"), "document", col(Appropriation.document)),
        Column("state", Text("状态", "State"), "state", col(Appropriation.state), CHECK_STATES),
        Column("amount", Text("金额（元）", "Amount (yuan)"), "amount", col(Appropriation.amount), money=True),
        Column("reason", Text("原因", "Reason"), "reason"),
    ),
)
RECOVERIES = Listing(
    "recovery-notices",
    Text("追回通知", "Recovery notices"),
    (
        Column("number", Text("编号", "Number"), "number", col(RecoveryNotice.number)),
        Column("payer", Text("付款方", "Payer"), "payer", col(RecoveryNotice.payer), labels.PAYERS),
        Column("beneficiary_code", Text("统一社会信用代码", "Credit code"), "beneficiary_code"),
        Column("beneficiary_name", Text("单位", "Party"), "beneficiary_name", col(RecoveryNotice.beneficiary_name)),
        Column("due_on", Text("缴回期限", "To be paid back by"), "due_on", col(RecoveryNotice.due_on)),
        Column("amount", Text("金额（元）", "Amount (yuan)"), "amount", col(RecoveryNotice.amount), money=True),
        Column("recovered", Text("已追回（元）", "Recovered (yuan)"), "recovered", money=True),
        Column("set_off", Text("已抵扣（元）", "Set off (yuan)"), "set_off", money=True),
        Column("open_amount", Text("还要追回的（元）", "Still to recover (yuan)"), "open_amount", money=True),
        Column("reason", Text("原因", "Reason"), "reason"),
    ),
)
