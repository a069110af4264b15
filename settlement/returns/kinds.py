"""The kinds of return: what is filed, what lies beside it, and what is asked of it beyond one row."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from kernel.bilingual import Text
from settlement.returns.cases import Case, CaseSetting
from settlement.returns.column_rules import Rule
from settlement.returns.guarantee_cases import GUARANTEE_BORROWERS, guarantee_cases
from settlement.returns.guarantee_rules import GUARANTEE_GROUP_RULES
from settlement.returns.loan_cases import LOAN_BORROWERS, loan_cases
from settlement.returns.rules import GROUP_RULES
from settlement.returns.sheets import CONTRACT_SHEET, EVENT_SHEET, LOAN_SHEET, ReturnSheet


@dataclass(frozen=True)
class ReturnKind:
    """A kind of return; `beside` is the optional second file.

    `amount` is the column that is added up, `prepare` the tables that `cases` ask; `rolled` gives a relation as loan_id, balance,
    classification, so that every kind rolls forward from quarter to quarter the same way.
    """

    name: str
    title: Text
    sheet: ReturnSheet
    beside: ReturnSheet | None
    group_rules: tuple[Rule, ...]
    cases: Callable[[CaseSetting], Iterator[Case]]
    prepare: str
    amount: str
    rolled: str

    @property
    def sheets(self) -> tuple[ReturnSheet, ...]:
        return (self.sheet, self.beside) if self.beside else (self.sheet,)

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """Every rule, errors of rows first."""
        return (*(rule for sheet in self.sheets for rule in sheet.row_rules), *self.group_rules)

    def sheet_of(self, rule: Rule) -> ReturnSheet:
        """The sheet whose rows a rule speaks of."""
        return next(sheet for sheet in self.sheets if sheet.part == rule.part)


LOANS = ReturnKind(
    name="loans",
    title=Text("贷款明细", "Loan return"),
    sheet=LOAN_SHEET,
    beside=None,
    group_rules=GROUP_RULES,
    cases=loan_cases,
    prepare=LOAN_BORROWERS,
    amount="balance",
    rolled="{0}",
)
GUARANTEES = ReturnKind(
    name="guarantees",
    title=Text("担保明细", "Guarantee return"),
    sheet=CONTRACT_SHEET,
    beside=EVENT_SHEET,
    group_rules=GUARANTEE_GROUP_RULES,
    cases=guarantee_cases,
    prepare=GUARANTEE_BORROWERS,
    amount="outstanding",
    rolled="""(SELECT contract_id AS loan_id, outstanding AS balance,
        CASE WHEN compensated_on IS NOT NULL THEN 'loss' END AS classification FROM {0})""",
)
KINDS: Mapping[str, ReturnKind] = {kind.name: kind for kind in (LOANS, GUARANTEES)}
