"""What a rule of a return is: its code, how grave it is, which column it speaks of, what it asks; and the rules of each column.

The catalogues are `rules` for loans and `guarantee_rules` for guarantees. `message` names what is wrong as a heading over the
rows; `help` is the line that says what to do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum

from kernel.bilingual import Text
from settlement.returns.columns import KEPT_AS_TEXT, CellKind, ReturnColumn


class Severity(Enum):
    """An error keeps the return from being accepted; a warning is accepted and has to be confirmed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class Rule:
    """One thing asked of one column; `column` is empty where a rule speaks of the whole row.

    `part` is empty for the main file of a return and names the file beside it otherwise: `events`.
    """

    code: str
    column: str
    message: Text
    help: Text
    severity: Severity = Severity.ERROR
    part: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.code, self.column, self.part)

    def said(self) -> Text:
        """Message and help in one sentence, for lists and files."""
        return Text(f"{self.message.zh}：{self.help.zh}", f"{self.message.en}: {self.help.en}")


def _rule(code: str, column: ReturnColumn, message: tuple[str, str], advice: tuple[str, str]) -> Rule:
    heading = {"zh": column.heading.zh, "en": column.heading.en}
    zh, en = message
    return Rule(code, column.name, Text(zh.format(heading["zh"]), en.format(heading["en"])), Text(*advice))


def _listed(column: ReturnColumn) -> tuple[str, str]:
    zh = "、".join(choice.label.zh for choice in column.choices)
    return (f"可填：{zh}", f"one of: {', '.join(choice.code for choice in column.choices)}")


_ADVICE: dict[CellKind, tuple[str, str]] = {
    CellKind.INDUSTRY: (
        "填 GB/T 4754 的门类字母，或字母加 2 至 4 位数字，例如 C13；不知道可以空着",
        "a GB/T 4754 letter, or a letter and 2 to 4 digits, such as C13; may be blank",
    ),
    CellKind.CURRENCY: ("填 ISO 4217 三个字母，例如 CNY", "three letters of ISO 4217, such as CNY"),
    CellKind.YES_NO: ("填 是 或 否（Y/N、1/0 也可以）", "yes or no: Y/N, 是/否 or 1/0"),
}


def _missing(column: ReturnColumn) -> Rule:
    return _rule("missing", column, ("{}没有填", "The {} is missing"), ("每一行都要填", "every row needs it"))


def _text_rules(column: ReturnColumn) -> list[Rule]:
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


def _money_rules(column: ReturnColumn) -> list[Rule]:
    least = ("要大于 0", "more than nothing") if column.least else ("不能是负数", "not negative")
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
            (f"{least[0]}，整数部分最多 15 位", f"{least[1]}, and at most 15 digits before the point"),
        ),
    ]


def _percent_rules(column: ReturnColumn) -> list[Rule]:
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


def _date_rules(column: ReturnColumn) -> list[Rule]:
    return [
        _rule(
            "not_date",
            column,
            ("{}不是能读的日期", "The {} is not a readable date"),
            ("写成 2022-03-31、20220331 或 2022年3月31日", "write 2022-03-31, 20220331 or 2022年3月31日"),
        )
    ]


def _code_rules(column: ReturnColumn) -> list[Rule]:
    advice = _ADVICE.get(column.kind) or _listed(column)
    return [_rule("unknown_code", column, ("{}认不出", "The {} is not recognised"), advice)]


def _borrower_code_rules(column: ReturnColumn) -> list[Rule]:
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


def _institution_code_rules(column: ReturnColumn) -> list[Rule]:
    return [
        _rule(
            "malformed_code",
            column,
            ("{}写法不对", "The {} is malformed"),
            ("18 位数字和大写字母，不含 I、O、S、V、Z", "18 digits and capitals without I, O, S, V, Z"),
        )
    ]


_NUMBER_CELL = (
    ("{}用数字格式存，末几位已经被表格软件改掉", "The {} is kept as a number and has lost its last digits"),
    ("把这一列设为文本格式，再填一遍", "format the column as text and enter it again"),
)

_BY_KIND = {
    CellKind.TEXT: _text_rules,
    CellKind.BORROWER_CODE: _borrower_code_rules,
    CellKind.INSTITUTION_CODE: _institution_code_rules,
    CellKind.MONEY: _money_rules,
    CellKind.PERCENT: _percent_rules,
    CellKind.DATE: _date_rules,
}


def _column_rules(column: ReturnColumn) -> list[Rule]:
    missing = [_missing(column)] if column.required else []
    number = [_rule("number_cell", column, *_NUMBER_CELL)] if column.kind in KEPT_AS_TEXT else []
    return missing + number + _BY_KIND.get(column.kind, _code_rules)(column)


_ROW_WIDTH = Rule(
    "row_width",
    "",
    Text("这一行的格数和表头不一样", "The row does not have as many cells as the header"),
    Text("检查是否少了或多了逗号、引号", "look for a missing or an extra comma or quote"),
)

TOTAL_ROW = Rule(
    "total_row",
    "",
    Text("这一行像是合计行", "This row looks like a row of totals"),
    Text("报表只要明细，合计、小计行不报", "a return takes single rows only: leave totals and subtotals out"),
)


def row_rules(columns: Iterable[ReturnColumn], across: Iterable[Rule], part: str = "") -> tuple[Rule, ...]:
    """Every rule that one row can break: those of its columns, its width, totals, and those `across` its columns."""
    each = [rule for column in columns for rule in _column_rules(column)]
    return tuple(replace(rule, part=part) for rule in (*each, _ROW_WIDTH, TOTAL_ROW, *across))


def on_day(rule: Rule, quarter_end: date) -> Rule:
    """The rule with the quarter's last day written into its texts."""
    return replace(rule, help=rule.help.format(day=quarter_end))
