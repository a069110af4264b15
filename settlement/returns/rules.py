"""The rules of a loan return.

A row's broken rules travel as one bitmap: the rule at place `n` of `ROW_RULES` is bit `n`. The rules of `GROUP_RULES`
need more than one row, another return, or another institution.
"""

from kernel.bilingual import Text
from settlement.returns.column_rules import Rule, Severity, row_rules
from settlement.returns.columns import LOAN_COLUMNS

_ACROSS = (
    Rule(
        "maturity_not_after_start",
        "maturity_date",
        Text("到期日不晚于发放日", "The maturity date is not after the start date"),
        Text("检查年份是否写错", "check the year"),
    ),
    Rule(
        "start_after_quarter",
        "start_date",
        Text("发放日晚于季末", "The start date is after the quarter's end"),
        Text("{day.month} 月 {day.day} 日以后发放的不进本季报表", "loans made after {day} are not in this return"),
    ),
)

ROW_RULES: tuple[Rule, ...] = row_rules(LOAN_COLUMNS, _ACROSS)

GROUP_RULES: tuple[Rule, ...] = (
    Rule(
        "duplicate_loan",
        "loan_id",
        Text("借据号重复", "The loan id appears more than once"),
        Text("同一份报表里一个借据号只能出现一次", "a loan id stands once in a return"),
    ),
    Rule(
        "unequal_credit_line",
        "credit_line",
        Text("同一借款人的授信不一样", "One borrower has different credit lines"),
        Text(
            "一户在本行只有一个授信数，各行要写成一样",
            "a borrower has one line in an institution: write the same on all rows",
        ),
    ),
    Rule(
        "unequal_borrower_kind",
        "borrower_kind",
        Text("同一借款人的类型不一样", "One borrower has different kinds"),
        Text("一户只有一个类型，各行要写成一样", "a borrower has one kind: write the same on all rows"),
    ),
    Rule(
        "check_digit",
        "borrower_code",
        Text("信用代码校验位不符", "The credit code fails its check digit"),
        Text("早年的代码可能本来如此，核对营业执照", "some early codes do: compare with the business licence"),
        Severity.WARNING,
    ),
    Rule(
        "balances_over_line",
        "credit_line",
        Text("余额合计大于授信", "The balances add up to more than the credit line"),
        Text("核对授信是否已经调整", "check whether the line has been changed"),
        Severity.WARNING,
    ),
    Rule(
        "tenfold_jump",
        "balance",
        Text("比上季多出 10 倍以上", "The balance is more than ten times the last return's"),
        Text("核对是否多写了零，或把万元写成了元", "check for an extra zero, or for 万元 written as yuan"),
        Severity.WARNING,
    ),
    Rule(
        "no_rows",
        "",
        Text("报表里没有一笔贷款", "The return holds no loan"),
        Text("确认本季末确实没有贷款余额", "confirm that there was no loan on the quarter's last day"),
        Severity.WARNING,
    ),
    Rule(
        "over_limit_across",
        "credit_line",
        Text(
            "同一借款人在各机构的授信合计超过 1000 万元",
            "The borrower's lines across institutions exceed 10 million yuan",
        ),
        Text("单户授信按各机构分别计算，请核对是否拆分", "the limit counts per institution: check for splitting"),
        Severity.WARNING,
    ),
    Rule(
        "claimed_twice",
        "loan_id",
        Text("同一笔贷款有两家机构申报", "Two institutions claim the same loan"),
        Text(
            "银团贷款各填分担比例，合计不超过 100%",
            "in a syndicated loan each writes its share, together at most 100 %",
        ),
        Severity.WARNING,
    ),
    Rule(
        "near_twin",
        "loan_id",
        Text("两家机构申报的贷款几乎一样", "Two institutions claim nearly the same loan"),
        Text("借款人、起止日、利率、余额都相同，请核对是否同一笔", "same borrower, dates, rate and balance: check"),
        Severity.WARNING,
    ),
)

GROUP: dict[str, Rule] = {rule.code: rule for rule in GROUP_RULES}
