"""What intake hands back: findings by rule, the facts of the file, the canonical tape if there is one."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.tables.faults import Fault
from settlement.returns.column_rules import Rule, Severity


@dataclass(frozen=True)
class Finding:
    """One row that breaks one rule: where it stands, whose loan it is, what was written; `loan_id` is the contract of a guarantee.

    `beside` is what the value has to be read against, as written: the start date beside a maturity date, the sum of the
    balances beside a credit line, the last return's balance beside a jump.
    """

    row: int
    rule: Rule
    value: str
    loan_id: str = ""
    borrower_name: str = ""
    beside: str = ""

    @property
    def column(self) -> str:
        return self.rule.column

    @property
    def text(self) -> Text:
        return self.rule.said()

    def fault(self, file: str) -> Fault:
        """The finding as a line of `errors.csv`."""
        return Fault(file, self.row, self.column, self.value, self.rule.code, self.rule.severity.value, self.text)


@dataclass(frozen=True)
class RuleCount:
    """How many rows break one rule."""

    rule: Rule
    rows: int


@dataclass(frozen=True)
class Findings:
    """Findings of one severity: the true count of every rule, and a list cut at so many rows a rule, in row order."""

    listed: tuple[Finding, ...] = ()
    counts: tuple[RuleCount, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.counts)

    @property
    def total(self) -> int:
        return sum(count.rows for count in self.counts)

    @property
    def rows(self) -> tuple[int, ...]:
        """The listed rows, each once."""
        return tuple(sorted({finding.row for finding in self.listed}))

    def of(self, rule: Rule) -> tuple[Finding, ...]:
        """The listed findings of one rule, for a page that groups them."""
        return tuple(finding for finding in self.listed if finding.rule.key == rule.key)


@dataclass(frozen=True)
class Conversions:
    """How many cells were tidied while reading, by kind."""

    full_width: int = 0
    thousands: int = 0
    spaces: int = 0
    currency: int = 0


@dataclass(frozen=True)
class RollForward:
    """How one balance became the next, in fen, loan by loan: `previous` plus and minus the rest is exactly `present`.

    `opened` loans stand only in the later return. `grown` and `shrunk` are the differences of loans in both; `repaid` is
    what loans in both had that now stand at zero. `left` loans are gone from the later return; `written_off` are those of
    them that were classified as loss before (an inference: the return does not say why a loan is gone). `entered` and
    `exited` are loans in both that moved into or out of the definition the balances are taken within.
    """

    previous: int
    opened: int
    grown: int
    entered: int
    shrunk: int
    repaid: int
    left: int
    written_off: int
    exited: int
    present: int

    @property
    def adds_up(self) -> bool:
        added = self.opened + self.grown + self.entered
        taken = self.shrunk + self.repaid + self.left + self.written_off + self.exited
        return self.previous + added - taken == self.present


@dataclass(frozen=True)
class Intake:
    """One filed return as read: accepted with a canonical tape, or not, with every error.

    `filed_digest` is the SHA-256 of the filed bytes, `row_digest` that of the canonical rows (see `engine.tape`).
    `first_rows` are the first decoded rows under `headings`, for the eye to confirm the encoding. `total_balance`, in fen,
    sums every readable balance (of guarantees: what is outstanding), also of a return with errors. `events_file` and
    `events_digest` are those of the file beside the return, `events` how many rows it has. `wrong_rows` are the rows of the
    file itself that have an error, each once however many rules it breaks.
    """

    institution_code: str
    quarter: Quarter
    file: str
    format: str
    encoding: str
    sheet: str
    size: int
    filed_digest: str
    headings: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    rows: int
    borrowers: int
    total_balance: int
    conversions: Conversions
    errors: Findings
    warnings: Findings
    roll_forward: RollForward | None = None
    tape: Path | None = None
    row_digest: str | None = None
    absent_columns: tuple[str, ...] = field(default=())
    kind: str = "loans"
    events_file: str = ""
    events_digest: str | None = None
    events: int = 0
    wrong_rows: int = 0

    @property
    def is_accepted(self) -> bool:
        return self.tape is not None

    def faults(self) -> tuple[Fault, ...]:
        """Errors and warnings as lines of `errors.csv`."""
        found = (*self.errors.listed, *self.warnings.listed)
        return tuple(one.fault(self.events_file if one.rule.part else self.file) for one in found)


def gathered(found: Iterable[Finding], counts: Sequence[RuleCount], severity: Severity) -> Findings:
    """Findings and counts of one severity, findings in row order and counts in the order of the catalogue."""
    listed = [finding for finding in found if finding.rule.severity is severity]
    return Findings(
        tuple(sorted(listed, key=lambda finding: (finding.row, finding.column, finding.rule.code))),
        tuple(count for count in counts if count.rule.severity is severity and count.rows),
    )
