"""The rules of a guarantor's return: of each contract, of each event beside it, and of what needs more than one row.

The contract's days are [start_date, end_date); the notice asks that no deposit be taken from small firms in principle
(domain §3, §7).
"""

from kernel.bilingual import Text
from settlement.returns.column_rules import Rule, Severity, row_rules
from settlement.returns.guarantee_columns import EVENT_COLUMNS, GUARANTEE_COLUMNS

EVENTS = "events"

_ACROSS = (
    Rule(
        "end_not_after_start",
        "end_date",
        Text("终止日不晚于起保日", "The end date is not after the start date"),
        Text("检查年份是否写错", "check the year"),
    ),
    Rule(
        "start_after_quarter",
        "start_date",
        Text("起保日晚于季末", "The start date is after the quarter's end"),
        Text(
            "{day.month} 月 {day.day} 日以后起保的不进本季报表",
            "guarantees that start after {day} are not in this return",
        ),
    ),
    Rule(
        "outside_contract",
        "released_on",
        Text("解除日不在起止日之内", "The release date is outside the contract's days"),
        Text("解除日在起保日和终止日之间", "it lies between the start and the end date"),
    ),
    Rule(
        "outside_contract",
        "compensated_on",
        Text("代偿日不在起止日之内", "The compensation date is outside the contract's days"),
        Text("代偿日在起保日和终止日之间", "it lies between the start and the end date"),
    ),
    Rule(
        "over_amount",
        "outstanding",
        Text("期末在保余额大于担保金额", "The outstanding amount is more than the guaranteed amount"),
        Text("检查两个金额是否填反", "check whether the two amounts are swapped"),
    ),
)

_ACROSS_EVENT = (
    Rule(
        "event_after_quarter",
        "date",
        Text("事项日期晚于季末", "The event is after the quarter's end"),
        Text(
            "{day.month} 月 {day.day} 日以后的事项报在下一季", "what happens after {day} is filed with the next quarter"
        ),
    ),
)

GUARANTEE_ROW_RULES: tuple[Rule, ...] = row_rules(GUARANTEE_COLUMNS, _ACROSS)
EVENT_ROW_RULES: tuple[Rule, ...] = row_rules(EVENT_COLUMNS, _ACROSS_EVENT, EVENTS)

_ERRORS = (
    Rule(
        "duplicate_contract",
        "contract_id",
        Text("合同号重复", "The contract id appears more than once"),
        Text("同一份报表里一个合同号只能出现一次", "a contract id stands once in a return"),
    ),
    Rule(
        "unequal_borrower_kind",
        "borrower_kind",
        Text("同一借款人的类型不一样", "One borrower has different kinds"),
        Text("一户只有一个类型，各行要写成一样", "a borrower has one kind: write the same on all rows"),
    ),
    Rule(
        "unknown_lender",
        "lender_code",
        Text("没有登记过这家贷款机构", "No such lender is on the register"),
        Text("核对代码；确实没有登记的，请财政局先登记", "check the code; ask the finance bureau to enter a lender that is missing"),
    ),
    Rule(
        "outstanding_differs",
        "outstanding",
        Text("期末在保余额和还款对不上", "The outstanding amount does not agree with the repayments"),
        Text(
            "应等于上季末余额（新合同为担保金额）减本季还款",
            "it is the last return's (of a new contract the guaranteed amount) less this return's repayments",
        ),
    ),
    Rule(
        "unknown_contract",
        "contract_id",
        Text("报表里没有这份合同", "The return has no such contract"),
        Text("核对合同号；事项要有对应的合同", "check the contract id: an event belongs to a contract"),
        part=EVENTS,
    ),
    Rule(
        "outside_contract",
        "date",
        Text("事项日期不在合同起止日之内", "The event is outside the contract's days"),
        Text(
            "还款不晚于合同终止、解除或代偿，退费不晚于终止日",
            "a repayment is not after the contract's last day, a refund not after its end date",
        ),
        part=EVENTS,
    ),
    Rule(
        "refunds_over_fee",
        "amount",
        Text("退费合计大于担保费收入", "The refunds are more than the fee income"),
        Text("核对退费金额和合同的担保费收入", "compare the refunds with the contract's fee income"),
        part=EVENTS,
    ),
    Rule(
        "repayments_over_amount",
        "amount",
        Text("还款合计大于担保金额", "The repayments are more than the guaranteed amount"),
        Text("核对还款金额和合同的担保金额", "compare the repayments with the guaranteed amount"),
        part=EVENTS,
    ),
)  # fmt: skip

_WARNINGS = (
    Rule(
        "check_digit",
        "borrower_code",
        Text("信用代码校验位不符", "The credit code fails its check digit"),
        Text("早年的代码可能本来如此，核对营业执照", "some early codes do: compare with the business licence"),
    ),
    Rule(
        "deposit_taken",
        "deposit",
        Text("收取了保证金", "A deposit was taken"),
        Text("原则上不收取小微企业保证金，请说明或退还", "none is taken from small firms in principle: give a reason or return it"),
    ),
    Rule(
        "contract_vanished",
        "contract_id",
        Text("上季还在保的合同不见了", "A contract in force in the last return is gone"),
        Text("在保或本季终止的合同都要列出", "list every contract in force or ended in the quarter"),
    ),
    Rule(
        "terms_changed",
        "contract_id",
        Text("合同条款和上季报的不一样", "The contract's terms differ from the last return's"),
        Text(
            "担保金额、起止日、担保费、其他收费、分担比例和借款人一般不变，请核对",
            "amount, days, fees, share and borrower of a contract rarely change: check",
        ),
    ),
    Rule(
        "outstanding_unexplained",
        "outstanding",
        Text("期末在保余额变了，没有报还款", "The outstanding amount moved without a repayment"),
        Text("部分还款要在事项表里报日期和金额", "file the day and amount of a partial repayment among the events"),
    ),
    Rule(
        "outstanding_after_end",
        "outstanding",
        Text("合同已经终止，在保余额不是零", "The contract has ended, and its outstanding amount is not nil"),
        Text("终止、解除或代偿以后余额填 0", "after its end, release or compensation write 0"),
    ),
    Rule(
        "ended_before_quarter",
        "contract_id",
        Text("合同在本季以前就已终止", "The contract had ended before the quarter"),
        Text("本季报表只列在保的和本季终止的合同", "only contracts in force or ended in the quarter are in this return"),
    ),
    Rule(
        "ends_after_quarter",
        "released_on",
        Text("解除或代偿在季末以后", "Released or compensated after the quarter's end"),
        Text("季末以后的事下一季再报", "file with the next quarter what happens after this one"),
    ),
    Rule(
        "no_contracts",
        "",
        Text("报表里没有一份合同", "The return holds no contract"),
        Text("确认本季确实没有在保和终止的合同", "confirm that no contract was in force or ended in the quarter"),
    ),
    Rule(
        "event_repeated",
        "contract_id",
        Text("同样的事项报了不止一次", "The same event is filed more than once"),
        Text("同一合同、日期、事项和金额，核对是否重复", "same contract, day, kind and amount: check"),
        part=EVENTS,
    ),
)  # fmt: skip

GUARANTEE_GROUP_RULES: tuple[Rule, ...] = (
    *_ERRORS,
    *(Rule(one.code, one.column, one.message, one.help, Severity.WARNING, one.part) for one in _WARNINGS),
)
GUARANTEE_GROUP: dict[str, Rule] = {rule.code: rule for rule in GUARANTEE_GROUP_RULES}
