"""The columns of a guarantor's return: its contracts, and the events that may be filed beside them.

Source: the filing formats of the guarantee return and its events; a contract runs on [start_date, end_date).
"""

from kernel.bilingual import Text
from settlement.returns.codes import EVENT_KINDS
from settlement.returns.columns import COLUMN, CellKind, ReturnColumn, choice, day, money, text, yes_no

GUARANTEE_COLUMNS: tuple[ReturnColumn, ...] = (
    text("contract_id", "合同号", "contract id", 64),
    COLUMN["borrower_code"],
    COLUMN["borrower_name"],
    COLUMN["borrower_kind"],
    COLUMN["region"],
    ReturnColumn("lender_code", Text("贷款机构代码", "lender's code"), CellKind.INSTITUTION_CODE, longest=18),
    money("amount", "担保金额", "guaranteed amount", least=1),
    day("start_date", "起保日", "start date", "起始日", "担保起始日"),
    day("end_date", "终止日", "end date", "到期日", "担保终止日"),
    money("fee_income", "担保费收入", "fee income"),
    money("extra_fees", "其他收费", "other fees", default="0"),
    day("released_on", "解除日", "release date", required=False),
    day("compensated_on", "代偿日", "compensation date", required=False),
    money("outstanding", "期末在保余额", "outstanding amount"),
    COLUMN["share"],
    money("deposit", "保证金", "deposit", default="0"),
    yes_no("first_loan", "是否首贷", "first loan", "首贷"),
    yes_no("batch_product", "批量业务", "batch product", "是否批量业务"),
)

EVENT_COLUMNS: tuple[ReturnColumn, ...] = (
    text("contract_id", "合同号", "contract id", 64),
    day("date", "日期", "date", "发生日"),
    choice("kind", "事项", "kind of event", EVENT_KINDS, "事项类型", "类型"),
    money("amount", "金额", "amount", least=1),
)
