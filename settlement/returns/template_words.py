"""What the templates tell whoever fills them in: notes over the columns, and an example of each."""

from collections.abc import Mapping

_MONEY = "金额填元，最多两位小数，例如 12345678.90；不填万元。Amounts are in yuan with at most two decimals, not 万元."
_REQUIRED = "深色表头的列必填，浅色的可以空着。Columns with a dark heading are required, light ones may stay blank."
_PLAIN = "不要填公式、不要合并单元格、不要加小计行。No formulas, merged cells or subtotals."
_PERSONS = (
    "自然人填本单位自编的客户号，前面加 ID:，不能填身份证号。"
    "For natural persons your own number after ID:, never an identity number."
)

NOTES: Mapping[str, tuple[str, ...]] = {
    "loans": (
        "一行一笔贷款，按季度最后一天的余额填报。One row per loan on the quarter's last day.",
        _MONEY,
        _REQUIRED,
        "借据号、信用代码已设为文本格式，请只粘贴数值。Ids and codes are text cells: paste values only.",
        _PLAIN,
        _PERSONS,
    ),
    "guarantees": (
        "一行一份担保合同：季末在保的，和本季终止、解除或代偿的。One row per contract in force at the quarter's end or ended in it.",
        _MONEY,
        _REQUIRED,
        "起保日计入担保天数，终止日不计入。The start date counts, the end date does not.",
        "担保费收入填整份合同的；退费和部分还款另报担保事项表。"
        "The fee income is that of the whole contract; refunds and partial repayments go into the events.",
        "合同号、信用代码已设为文本格式，请只粘贴数值。Ids and codes are text cells: paste values only.",
        _PLAIN,
        _PERSONS,
    ),
    "guarantee_events": (
        "一行一次部分还款或退费，合同在担保合同表里。One row per partial repayment or fee refund of a contract of the return.",
        _MONEY,
        "没有还款和退费的季度不用报这张表。Not needed for a quarter without any.",
        _PLAIN,
    ),
}

_PARTY = {
    "borrower_code": "91410402MA0000015P",
    "borrower_name": "平顶山市示例商贸有限公司",
    "borrower_kind": "微型企业",
    "region": "新华区",
}

EXAMPLES: Mapping[str, Mapping[str, str]] = {
    "loans": {
        **_PARTY,
        "loan_id": "SH22070461",
        "industry": "F51",
        "credit_line": "5000000.00",
        "balance": "1250000.00",
        "annual_rate": "4.35",
        "start_date": "2022-03-18",
        "maturity_date": "2023-03-18",
        "guarantee_kind": "抵押",
        "classification": "正常",
        "purpose": "经营",
        "product_kind": "贷款",
        "currency": "CNY",
        "first_loan": "否",
        "renews": "",
        "share": "100",
    },
    "guarantees": {
        **_PARTY,
        "contract_id": "HJ22050901",
        "lender_code": "91410482MA0000023E",
        "amount": "5000000.00",
        "start_date": "2022-05-16",
        "end_date": "2023-05-16",
        "fee_income": "50000.00",
        "extra_fees": "0.00",
        "released_on": "",
        "compensated_on": "",
        "outstanding": "5000000.00",
        "share": "100",
        "deposit": "0.00",
        "first_loan": "否",
        "batch_product": "否",
    },
    "guarantee_events": {
        "contract_id": "HJ22050901",
        "date": "2022-08-15",
        "kind": "还款",
        "amount": "500000.00",
    },
}
