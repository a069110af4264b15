"""Why a figure of a what-if differs: both computations of one beneficiary and quarter, down to parameter and document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.money import grouped
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.readings.runs import Piece, Plan, plan
from settlement.readings.views import SettingChange, changes_of
from settlement.readings.what_if import WhatIf
from settlement.returns.filing import Premises
from settlement.statements.drafter import ComputedStatement

NOTHING_DUE = Text("这一季没有应付", "Nothing is due in this quarter")


@dataclass(frozen=True)
class Side:
    """One computation: its amount in fen and the sum written out, a sentence a line."""

    amount: int | None
    lines: tuple[Text, ...]
    policy_digest: str = ""


@dataclass(frozen=True)
class Explained:
    """The two computations, the clause they rest on, and the parameters that were changed with what they replaced."""

    name: str
    quarter: Quarter
    before: Side
    after: Side
    clause: Mapping[str, Any] | None
    changes: tuple[SettingChange, ...]

    @property
    def difference(self) -> int | None:
        if self.before.amount is None or self.after.amount is None:
            return None
        return self.after.amount - self.before.amount


def explain(db: Session, what_if: WhatIf, *, scheme: str, code: str, quarter: Quarter, premises: Premises) -> Explained:
    """One beneficiary in one quarter under both books; NotFound where it has a statement under neither."""
    present = premises.book

    def computed(book: PolicyBook) -> tuple[Plan, Piece | None]:
        planned = plan(db, book, [quarter], premises=premises, present=present, schemes=[scheme])
        return planned, planned.piece_of(code)

    (now, was), (then, would) = computed(present), computed(what_if.applied(present))
    if was is None and would is None:
        raise NotFound("no_statement", "这家这一季没有结算单", "There is no statement of this party in this quarter")
    before, after = _run(was), _run(would)
    return Explained(
        name=_name(was, would),
        quarter=quarter,
        before=_side(before, now),
        after=_side(after, then),
        clause=_clause(after or before),
        changes=tuple(changes_of(present, [one.setting for one in what_if.changes])),
    )


def _run(piece: Piece | None) -> ComputedStatement | None:
    return None if piece is None else piece.compute()


def _name(was: Piece | None, would: Piece | None) -> str:
    piece = would or was
    return piece.due.beneficiary.name if piece else ""


def _side(computed: ComputedStatement | None, planned: Plan) -> Side:
    if computed is None:
        return Side(0, tuple(one.why for one in planned.silent) or (NOTHING_DUE,))
    return Side(computed.amount, _written_out(computed), computed.policy_digest)


def _written_out(computed: ComputedStatement) -> tuple[Text, ...]:
    """The paid reading's own sentence where the scheme writes one, else its lines."""
    readings: Sequence[Mapping[str, Any]] = computed.explanation.get("readings", ())
    said = [reading["written_out"] for reading in readings if reading["is_paid"] and reading["written_out"]]
    return tuple(Text(*one) for one in said) or tuple(
        Text(f"{line.title.zh}：{grouped(line.amount or 0)}", f"{line.title.en}: {grouped(line.amount or 0)}")
        for line in computed.lines
    )


def _clause(computed: ComputedStatement | None) -> Mapping[str, Any] | None:
    clauses: Sequence[Mapping[str, Any]] = computed.explanation.get("clauses", ()) if computed else ()
    return clauses[0] if clauses else None
