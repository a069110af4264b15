"""What was found in a filed file, kept beside its version as JSON: the intake, or the faults of a file that is no table at all."""

import json
from dataclasses import dataclass

from kernel.tables.faults import Fault
from settlement.returns.findings import Conversions, Findings, Intake, RollForward
from settlement.returns.travel import faults_from_json, faults_to_json, intake_from_json, intake_to_json


@dataclass(frozen=True)
class Report:
    """Exactly one of the two: an intake, or faults."""

    intake: Intake | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def errors(self) -> Findings:
        return self.intake.errors if self.intake else Findings()

    @property
    def warnings(self) -> Findings:
        return self.intake.warnings if self.intake else Findings()

    @property
    def conversions(self) -> Conversions:
        return self.intake.conversions if self.intake else Conversions()

    @property
    def roll_forward(self) -> RollForward | None:
        return self.intake.roll_forward if self.intake else None

    @property
    def row_digest(self) -> str | None:
        return self.intake.row_digest if self.intake else None

    @property
    def error_count(self) -> int:
        return self.errors.total + sum(fault.severity == "error" for fault in self.faults)

    def lines(self) -> list[Fault]:
        """Everything found, as lines of `errors.csv`."""
        return [*self.faults, *(self.intake.faults() if self.intake else ())]


def to_json(report: Report) -> str:
    """The report as JSON."""
    return intake_to_json(report.intake) if report.intake else faults_to_json(report.faults)


def from_json(content: str) -> Report:
    """The report that `to_json` wrote: an intake is an object, faults are a list."""
    if isinstance(json.loads(content), list):
        return Report(faults=faults_from_json(content))
    return Report(intake=intake_from_json(content))
