"""One table of a return: what its columns are, what breaks its rows, and the names under which it lies before DuckDB."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from kernel.bilingual import Text
from settlement.engine.guarantee_tape import CONTRACT_LAYOUT, EVENT_LAYOUT
from settlement.engine.tape import LOAN_LAYOUT, TapeLayout
from settlement.returns.column_rules import Rule
from settlement.returns.columns import LOAN_COLUMNS, ReturnColumn
from settlement.returns.guarantee_columns import EVENT_COLUMNS, GUARANTEE_COLUMNS
from settlement.returns.guarantee_rules import EVENT_ROW_RULES, EVENTS, GUARANTEE_ROW_RULES
from settlement.returns.rules import ROW_RULES

RulePlace = tuple[str, str]  # code and column
Conditions = Mapping[RulePlace, str]


@dataclass(frozen=True)
class ReturnSheet:
    """A filed table. `title` is the name of its sheet in the template, `key` the column that names a row.

    `across` gives the SQL condition of each rule that reads more than one cell of a row, for a quarter's last day. `filed` is
    the view of the text as written, `read` the table of the values, `checked` the view of the values with their rows.
    """

    name: str
    title: Text
    columns: tuple[ReturnColumn, ...]
    row_rules: tuple[Rule, ...]
    across: Callable[[date], Conditions]
    layout: TapeLayout
    key: str
    filed: str = "filed"
    read: str = "read_rows"
    checked: str = "checked"
    part: str = ""

    @cached_property
    def column(self) -> Mapping[str, ReturnColumn]:
        """The columns by their English names."""
        return {column.name: column for column in self.columns}

    @cached_property
    def bit(self) -> Mapping[RulePlace, int]:
        """Which bit of a row's bitmap stands for which rule."""
        return {(rule.code, rule.column): place for place, rule in enumerate(self.row_rules)}


def _across_loan(quarter_end: date) -> Conditions:
    return {
        ("start_after_quarter", "start_date"): f"start_date > DATE '{quarter_end.isoformat()}'",
        ("maturity_not_after_start", "maturity_date"): "maturity_date <= start_date",
    }


def _across_contract(quarter_end: date) -> Conditions:
    outside = "{0} < start_date OR {0} > end_date"
    return {
        ("start_after_quarter", "start_date"): f"start_date > DATE '{quarter_end.isoformat()}'",
        ("end_not_after_start", "end_date"): "end_date <= start_date",
        ("outside_contract", "released_on"): outside.format("released_on"),
        ("outside_contract", "compensated_on"): outside.format("compensated_on"),
        ("over_amount", "outstanding"): "outstanding > amount",
    }


def _across_event(quarter_end: date) -> Conditions:
    return {("event_after_quarter", "date"): f"date > DATE '{quarter_end.isoformat()}'"}


LOAN_SHEET = ReturnSheet(
    name="loans",
    title=Text("贷款明细", "loans"),
    columns=LOAN_COLUMNS,
    row_rules=ROW_RULES,
    across=_across_loan,
    layout=LOAN_LAYOUT,
    key="loan_id",
)
CONTRACT_SHEET = ReturnSheet(
    name="guarantees",
    title=Text("担保合同", "guarantee contracts"),
    columns=GUARANTEE_COLUMNS,
    row_rules=GUARANTEE_ROW_RULES,
    across=_across_contract,
    layout=CONTRACT_LAYOUT,
    key="contract_id",
)
EVENT_SHEET = ReturnSheet(
    name="guarantee_events",
    title=Text("担保事项", "guarantee events"),
    columns=EVENT_COLUMNS,
    row_rules=EVENT_ROW_RULES,
    across=_across_event,
    layout=EVENT_LAYOUT,
    key="contract_id",
    filed="filed_events",
    read="read_events",
    checked="events",
    part=EVENTS,
)
# A column of any sheet by its name: columns of one name are read alike.
ANY_COLUMN: Mapping[str, ReturnColumn] = {
    column.name: column for column in (*EVENT_COLUMNS, *GUARANTEE_COLUMNS, *LOAN_COLUMNS)
}
SHEETS: Mapping[str, ReturnSheet] = {sheet.name: sheet for sheet in (LOAN_SHEET, CONTRACT_SHEET, EVENT_SHEET)}
