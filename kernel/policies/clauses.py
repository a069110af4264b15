"""A money clause of the notice: who, how much, who pays, when, and whether it can be paid on a day."""

from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal, TypeAlias

from kernel.bilingual import Text
from kernel.policies.values import Parameter

ClauseKind: TypeAlias = Literal["A", "P", "T", "G"]
CLAUSE_KINDS: tuple[ClauseKind, ...] = ("A", "P", "T", "G")
KIND_TITLES = {
    "A": Text("可兑付", "Payable"),
    "P": Text("待细则", "Awaits a document"),
    "T": Text("他部门减免", "Relief of another authority"),
    "G": Text("引导", "Guidance"),
}


@dataclass(frozen=True)
class Clause:
    """One row of the register. `waits_for`: the parameters a document must set before payment.

    `computed` is whether the code has a rule for the scheme; it is no part of what the policy says.
    """

    number: int
    kind: ClauseKind
    scheme: str
    title: Text
    place: Text
    beneficiary: Text
    condition: Text
    amount: Text | None
    cap: Text | None
    payer: Text | None
    valid_from: date
    valid_until: date | None
    reference: str
    quote: str
    runs_by: Text | None = None
    missing: Text | None = None
    note: Text | None = None
    waits_for: tuple[Parameter, ...] = ()
    computed: bool = field(default=True, compare=False, repr=False)

    def payable_on(self, day: date) -> tuple[bool, Text]:
        """Whether an event of that day is paid here, and why or why not. The day is the event's, not the payment's.

        An A clause that waits for a document is computed all the same; a P clause is not.
        """
        if self.kind in ("T", "G"):
            return False, self._elsewhere()
        if not self.computed:
            return False, Text(
                f"还没有程序计算“{self.scheme}”，这里只登记，不能兑付",
                f"Nothing here computes “{self.scheme}”: it is only recorded, not payable",
            )
        outside = self._outside(day)
        if outside is not None:
            return False, outside
        open_points = self.undecided_on(day)
        if open_points:
            return False, _lacking(open_points) if self.kind == "P" else _computed_only(open_points)
        return True, Text("在有效期内，标准明确，可以兑付", "Within its dates, amount set: payable")

    def undecided_on(self, day: date) -> tuple[Parameter, ...]:
        """The parameters that no document has set for that day."""
        return tuple(parameter for parameter in self.waits_for if parameter.on(day) is None)

    def with_parameter(self, parameter: Parameter) -> "Clause":
        """The same clause after one of the parameters it waits for has changed."""
        changed = tuple(parameter if one.name == parameter.name else one for one in self.waits_for)
        return replace(self, waits_for=changed)

    def has_ended(self, day: date) -> bool:
        """Whether the clause ran out before the day."""
        return self.valid_until is not None and day > self.valid_until

    def _outside(self, day: date) -> Text | None:
        if day < self.valid_from:
            return Text(f"{day} 早于起始日 {self.valid_from}", f"{day} is before the first day {self.valid_from}")
        if self.has_ended(day):
            return Text(f"{day} 晚于截止日 {self.valid_until}", f"{day} is after the last day {self.valid_until}")
        return None

    def _elsewhere(self) -> Text:
        runner = self.runs_by or Text("主管部门", "the authority in charge")
        if self.kind == "T":
            return Text(f"由{runner.zh}落实，这里只登记", f"Carried out by {runner.en}; only recorded here")
        return Text(f"引导事项，由{runner.zh}推进，不经这里付款", f"Guidance for {runner.en}; no money is paid here")


def _joined(points: tuple[Parameter, ...]) -> Text:
    texts = [point.missing or point.title for point in points]
    return Text("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))


def _lacking(points: tuple[Parameter, ...]) -> Text:
    said = _joined(points)
    return Text(f"还不能付，缺有文号的决定：{said.zh}", f"Not payable until a document decides: {said.en}")


def _computed_only(points: tuple[Parameter, ...]) -> Text:
    said = _joined(points)
    return Text(
        f"标准明确，可以计算，还不能付；开付款单前要有文号定下：{said.zh}",
        f"Amount set, so it is computed but not yet payable; before a payment order a document must set: {said.en}",
    )
