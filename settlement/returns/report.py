"""What was found in a filed file, kept beside its version as JSON. A file that is no table at all is no version and has no report."""

from dataclasses import dataclass

from kernel.tables.faults import Fault
from settlement.returns.findings import Conversions, Findings, Intake, RollForward
from settlement.returns.travel import intake_from_json, intake_to_json


@dataclass(frozen=True)
class Report:
    """What intake found."""

    intake: Intake

    @property
    def errors(self) -> Findings:
        return self.intake.errors

    @property
    def warnings(self) -> Findings:
        return self.intake.warnings

    @property
    def conversions(self) -> Conversions:
        return self.intake.conversions

    @property
    def roll_forward(self) -> RollForward | None:
        return self.intake.roll_forward

    @property
    def row_digest(self) -> str | None:
        return self.intake.row_digest

    @property
    def error_count(self) -> int:
        return self.errors.total

    def lines(self) -> list[Fault]:
        """Everything found, as lines of `errors.csv`."""
        return list(self.intake.faults())


def to_json(report: Report) -> str:
    """The report as JSON."""
    return intake_to_json(report.intake)


def from_json(content: str) -> Report:
    """The report that `to_json` wrote."""
    return Report(intake_from_json(content))
