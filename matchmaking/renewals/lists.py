"""The lists of renewals, as their pages and files hold them: applications, and loans that come due."""

from datetime import date

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.renewals.models import LoanMaturity, Renewal
from matchmaking.renewals.reading import BANK, FIRM
from matchmaking.renewals.workflow import REFUSALS, STATES

LOAN_SOURCES = {"return": Text("银行报表", "the bank's return"), "firm": Text("企业自报", "the firm itself")}
FIRM_COLUMNS = (
    ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "firm.code"),
    ListColumn("enterprise", Text("企业", "Enterprise"), "firm.name", col(FIRM.name)),
)
BANK_COLUMN = ListColumn("bank", Text("银行", "Bank"), "bank.name", col(BANK.name))


def renewals(today: date) -> ListLayout:
    """Applications, and which of them the bank has not answered in time."""
    return ListLayout(
        "renewals",
        Text("续贷申请", "Renewals"),
        (
            ListColumn("old_loan", Text("旧贷合同", "Old loan"), "renewal.old_loan", col(Renewal.old_loan)),
            ListColumn("sequence", Text("第几次续", "Which renewal"), "renewal.sequence"),
            *FIRM_COLUMNS,
            BANK_COLUMN,
            ListColumn(
                "balance",
                Text("余额（元）", "Balance (yuan)"),
                "renewal.old_balance",
                col(Renewal.old_balance),
                money=True,
            ),
            ListColumn("due_on", Text("到期日", "Due on"), "renewal.old_due_on", col(Renewal.old_due_on)),
            ListColumn("state", Text("走到哪一步", "Step"), "renewal.state", col(Renewal.state), STATES),
            ListColumn(
                "answer_by", Text("银行最晚答复", "Bank to answer by"), "renewal.answer_by", col(Renewal.answer_by)
            ),
            ListColumn("late", Text("超时", "Late"), lambda one: one.is_late(today)),
            ListColumn("refusal", Text("不同意的原因", "Why refused"), "renewal.refusal", titles=REFUSALS),
        ),
    )


def loans_due(today: date) -> ListLayout:
    """Loans that come due, and in how many days."""
    return ListLayout(
        "maturing-loans",
        Text("快到期的贷款", "Loans soon due"),
        (
            ListColumn("loan", Text("合同号", "Loan"), "loan.loan", col(LoanMaturity.loan)),
            *FIRM_COLUMNS,
            BANK_COLUMN,
            ListColumn(
                "balance", Text("余额（元）", "Balance (yuan)"), "loan.balance", col(LoanMaturity.balance), money=True
            ),
            ListColumn("due_on", Text("到期日", "Due on"), "loan.due_on", col(LoanMaturity.due_on)),
            ListColumn(
                "days_left", Text("还有几天", "Days left"), lambda one: one.days_left(today), col(LoanMaturity.due_on)
            ),
            ListColumn("source", Text("出自", "From"), "loan.source", col(LoanMaturity.source), LOAN_SOURCES),
        ),
    )
