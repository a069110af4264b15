"""The list of bridging cases, as its page and its file hold it."""

from sqlmodel import col

from kernel.bilingual import Text
from kernel.web.lists import Column, Listing
from matchmaking.bridging.models import BridgingCase
from matchmaking.bridging.reading import BANK, FIRM
from matchmaking.bridging.workflow import REJECTIONS, STATES

CASES = Listing(
    "bridging-cases",
    Text("转贷", "Bridging cases"),
    (
        Column("number", Text("编号", "Number"), "case.id", col(BridgingCase.id)),
        Column("old_loan", Text("旧贷合同", "Old loan"), "case.old_loan", col(BridgingCase.old_loan)),
        Column("enterprise_code", Text("统一社会信用代码", "Credit code"), "firm.code"),
        Column("enterprise", Text("企业", "Enterprise"), "firm.name", col(FIRM.name)),
        Column("bank", Text("银行", "Bank"), "bank.name", col(BANK.name)),
        Column("asked", Text("申请（元）", "Asked for (yuan)"), "case.amount", col(BridgingCase.amount), money=True),
        Column("advance", Text("垫付（元）", "Advanced (yuan)"), "case.advance", col(BridgingCase.advance), money=True),
        Column("owed", Text("还没有收回（元）", "Still out (yuan)"), "owed", money=True),
        Column("state", Text("走到哪一步", "Step"), "case.state", col(BridgingCase.state), STATES),
        Column("due_on", Text("应还日", "Due on"), "case.due_on", col(BridgingCase.due_on)),
        Column("rejection", Text("不予通过的原因", "Why rejected"), "case.rejection", titles=REJECTIONS),
    ),
)
