"""Every rule of a loan return in one catalogue: its code, how grave it is, which column it speaks of, what it asks.

A row's broken rules travel as one bitmap: the rule at place `n` of `ROW_RULES` is bit `n`. The rules of `GROUP_RULES` need
more than one row, another return, or another institution. `message` names what is wrong as a heading over the rows;
`help` is the line that says what to do.
"""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from kernel.bilingual import Text
from settlement.returns.columns import COLUMN, LOAN_COLUMNS, Column, Kind


class Severity(Enum):
    """An error keeps the return from being accepted; a warning is accepted and has to be confirmed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One thing asked of one column; `column` is empty where a rule speaks of the whole row."""

    code: str
    column: str
    message: Text
    help: Text
    severity: Severity = Severity.ERROR

    @property
    def key(self) -> tuple[str, str]:
        return (self.code, self.column)

    def said(self) -> Text:
        """Message and help in one sentence, for lists and files."""
        return Text(f"{self.message.zh}：{self.help.zh}", f"{self.message.en}: {self.help.en}")


def _rule(code: str, column: Column, message: tuple[str, str], advice: tuple[str, str]) -> Rule:
    heading = {"zh": column.heading.zh, "en": column.heading.en}
    zh, en = message
    return Rule(code, column.name, Text(zh.format(heading["zh"]), en.format(heading["en"])), Text(*advice))


def _listed(column: Column) -> tuple[str, str]:
    zh = "、".join(choice.label.zh for choice in column.choices)
    return (f"可填：{zh}", f"one of: {', '.join(choice.code for choice in column.choices)}")


_ADVICE: dict[Kind, tuple[str, str]] = {
    Kind.INDUSTRY: (
        "填 GB/T 4754 的门类字母，或字母加 2 至 4 位数字，例如 C13；不知道可以空着",
        "a GB/T 4754 letter, or a letter and 2 to 4 digits, such as C13; may be blank",
    ),
    Kind.CURRENCY: ("填 ISO 4217 三个字母，例如 CNY", "three letters of ISO 4217, such as CNY"),
    Kind.YES_NO: ("填 是 或 否（Y/N、1/0 也可以）", "yes or no: Y/N, 是/否 or 1/0"),
}


def _missing(column: Column) -> Rule:
    return _rule("missing", column, ("{}没有填", "The {} is missing"), ("每一行都要填", "every row needs it"))


def _text_rules(column: Column) -> list[Rule]:
    longest = column.longest
    return [
        _rule(
            "bad_character",
            column,
            ("{}里有看不见的或不能识别的字符", "The {} holds an invisible or unreadable character"),
            ("删掉重新输入，不用复制粘贴", "delete it and type it again, without pasting"),
        ),
        _rule(
            "text_too_long",
            column,
            ("{}太长", "The {} is too long"),
            (f"最多 {longest} 个字", f"at most {longest} characters"),
        ),
    ]


def _money_rules(column: Column) -> list[Rule]:
    return [
        _rule(
            "not_money",
            column,
            ("{}不是能读的金额", "The {} is not a readable amount"),
            ("填元，最多两位小数，例如 12345678.90", "write yuan with at most two decimals, such as 12345678.90"),
        ),
        _rule(
            "out_of_range",
            column,
            ("{}超出范围", "The {} is out of range"),
            ("不能是负数，整数部分最多 15 位", "not negative, and at most 15 digits before the point"),
        ),
    ]


def _percent_rules(column: Column) -> list[Rule]:
    return [
        _rule(
            "not_percent",
            column,
            ("{}不是能读的百分数", "The {} is not a readable percentage"),
            ("填百分数，最多四位小数，例如 4.35", "write a percentage with at most four decimals, such as 4.35"),
        ),
        _rule(
            "out_of_range",
            column,
            ("{}超出范围", "The {} is out of range"),
            (f"应在 0 到 {column.most} 之间", f"between 0 and {column.most}"),
        ),
    ]


def _date_rules(column: Column) -> list[Rule]:
    return [
        _rule(
            "not_date",
            column,
            ("{}不是能读的日期", "The {} is not a readable date"),
            ("写成 2022-03-31、20220331 或 2022年3月31日", "write 2022-03-31, 20220331 or 2022年3月31日"),
        )
    ]


def _code_rules(column: Column) -> list[Rule]:
    advice = _ADVICE.get(column.kind) or _listed(column)
    return [_rule("unknown_code", column, ("{}认不出", "The {} is not recognised"), advice)]


def _borrower_code_rules(column: Column) -> list[Rule]:
    return [
        _rule(
            "malformed_code",
            column,
            ("{}写法不对", "The {} is malformed"),
            (
                "18 位数字和大写字母，不含 I、O、S、V、Z；自然人填本行编号，前面加 ID:",
                "18 digits and capitals without I, O, S, V, Z; for a natural person your own number after ID:",
            ),
        ),
        _rule(
            "identity_number",
            column,
            ("{}不能填身份证号", "The {} must not be an identity number"),
            ("自然人填本行自编的客户号，前面加 ID:", "for a natural person write your own customer number after ID:"),
        ),
    ]


_NUMBER_CELL = (
    ("{}用数字格式存，末几位已经被表格软件改掉", "The {} is kept as a number and has lost its last digits"),
    ("把这一列设为文本格式，再填一遍", "format the column as text and enter it again"),
)
_KEPT_AS_TEXT = ("loan_id", "borrower_code", "borrower_name", "renews", "credit_line", "balance")

_BY_KIND = {
    Kind.TEXT: _text_rules,
    Kind.BORROWER_CODE: _borrower_code_rules,
    Kind.MONEY: _money_rules,
    Kind.PERCENT: _percent_rules,
    Kind.DATE: _date_rules,
}


def _column_rules(column: Column) -> list[Rule]:
    missing = [_missing(column)] if column.required else []
    number = [_rule("number_cell", column, *_NUMBER_CELL)] if column.name in _KEPT_AS_TEXT else []
    return missing + number + _BY_KIND.get(column.kind, _code_rules)(column)


_ROW_WIDE = (
    Rule(
        "row_width",
        "",
        Text("这一行的格数和表头不一样", "The row does not have as many cells as the header"),
        Text("检查是否少了或多了逗号、引号", "look for a missing or an extra comma or quote"),
    ),
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

ROW_RULES: tuple[Rule, ...] = (*(rule for column in LOAN_COLUMNS for rule in _column_rules(column)), *_ROW_WIDE)

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

BIT: dict[tuple[str, str], int] = {rule.key: place for place, rule in enumerate(ROW_RULES)}
RULE: dict[tuple[str, str], Rule] = {rule.key: rule for rule in (*ROW_RULES, *GROUP_RULES)}
GROUP: dict[str, Rule] = {rule.code: rule for rule in GROUP_RULES}


def on_day(rule: Rule, quarter_end: date) -> Rule:
    """The rule with the quarter's last day written into its texts."""
    return Rule(rule.code, rule.column, rule.message, rule.help.format(day=quarter_end), rule.severity)


def column_of(rule: Rule) -> Column | None:
    """The column a rule speaks of, if it speaks of one."""
    return COLUMN.get(rule.column)
