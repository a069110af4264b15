"""The list of bridging cases, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import ListColumn, ListLayout
from matchmaking.bridging.models import BridgingCase
from matchmaking.bridging.reading import BANK, FIRM
from matchmaking.bridging.workflow import REJECTIONS, STATES

CASES = ListLayout(
    "bridging-cases",
    Text("转贷", "Bridging cases"),
    (
        ListColumn("number", Text("编号", "Number"), "case.id", col(BridgingCase.id)),
        ListColumn("old_loan", Text("旧贷合同", "Old loan"), "case.old_loan", col(BridgingCase.old_loan)),
        ListColumn("enterprise_code", Text("统一社会信用代码", "Credit code"), "firm.code"),
        ListColumn("enterprise", Text("企业", "Enterprise"), "firm.name", col(FIRM.name)),
        ListColumn("bank", Text("银行", "Bank"), "bank.name", col(BANK.name)),
        ListColumn(
            "asked", Text("申请（元）", "Asked for (yuan)"), "case.amount", col(BridgingCase.amount), money=True
        ),
        ListColumn(
            "advance", Text("垫付（元）", "Advanced (yuan)"), "case.advance", col(BridgingCase.advance), money=True
        ),
        ListColumn("owed", Text("还没有收回（元）", "Still out (yuan)"), "owed", money=True),
        ListColumn("state", Text("走到哪一步", "Step"), "case.state", col(BridgingCase.state), STATES),
        ListColumn("due_on", Text("应还日", "Due on"), "case.due_on", col(BridgingCase.due_on)),
        ListColumn("rejection", Text("不予通过的原因", "Why rejected"), "case.rejection", titles=REJECTIONS),
    ),
)
