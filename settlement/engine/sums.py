"""What the statement brings back, and the reconciliation that the definition makes of it: exact, to the filed total."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from settlement.engine.definition import Definition, Kind, Reason
from settlement.engine.statement import SumStatement

Row = Sequence[object]


@dataclass(frozen=True)
class KindSum:
    """The loans of one kind in one return: how many, and their balance in fen."""

    kind: Kind
    loans: int
    balance: int


@dataclass(frozen=True)
class ReturnSums:
    """A return added up by kind, in a fixed order."""

    kinds: tuple[KindSum, ...]

    @property
    def loans(self) -> int:
        return sum(one.loans for one in self.kinds)

    @property
    def balance(self) -> int:
        """The whole filed balance, fen."""
        return sum(one.balance for one in self.kinds)

    @property
    def digest(self) -> str:
        """Hex SHA-256 over the sums in their fixed order: equal on every engine."""
        lines = (f"{_key(one.kind)}|{one.loans}|{one.balance}\n" for one in self.kinds)
        return hashlib.sha256("".join(lines).encode()).hexdigest()


def _key(kind: Kind) -> tuple[str | bool, ...]:
    aspects = (kind.currency, kind.product_kind, kind.borrower_kind, kind.purpose)
    return (*aspects, kind.over_limit, kind.region, kind.classification)


def whole(value: object) -> int:
    """An engine's count or sum as `int`; a float would mean lost fen, so it is refused."""
    if isinstance(value, float) or int(str(value)) != value:
        raise TypeError(f"the engine gave {value!r} where a whole number is due")
    return int(str(value))


def _kind_sum(columns: tuple[str, ...], row: Row) -> KindSum:
    cells = dict(zip(columns, row, strict=True))
    loans, balance = whole(cells.pop("loan_count")), whole(cells.pop("balance"))
    over_limit = whole(cells.pop("over_limit")) == 1
    return KindSum(Kind(**{name: str(value) for name, value in cells.items()}, over_limit=over_limit), loans, balance)


def sums_from_rows(statement: SumStatement, rows: Iterable[Row]) -> ReturnSums:
    """The rows of any engine, in the same order whatever order they came in."""
    found = (_kind_sum(statement.columns, row) for row in rows)
    return ReturnSums(tuple(sorted(found, key=lambda one: _key(one.kind))))


@dataclass(frozen=True)
class ReconciliationLine:
    """Loans that went one way, with the code that sent them there; balance in fen."""

    reason: Reason
    detail: str
    loans: int
    balance: int


@dataclass(frozen=True)
class Reconciliation:
    """The filed balance split into what counts and each reason why the rest does not; sums exactly to the filed total."""

    lines: tuple[ReconciliationLine, ...]

    def of(self, reason: Reason) -> ReconciliationLine:
        """All lines of a reason in one; a reason that no loan met has 0 loans."""
        met = [line for line in self.lines if line.reason is reason]
        return ReconciliationLine(reason, "", sum(line.loans for line in met), sum(line.balance for line in met))

    @property
    def eligible(self) -> int:
        return self.of(Reason.ELIGIBLE).balance

    @property
    def loans(self) -> int:
        return sum(line.loans for line in self.lines)

    @property
    def balance(self) -> int:
        return sum(line.balance for line in self.lines)


def reconcile(sums: ReturnSums, definition: Definition) -> Reconciliation:
    """Every kind to the first reason that holds; each of the definition's reasons has at least one line, in order."""
    loans: Counter[tuple[Reason, str]] = Counter()
    balance: Counter[tuple[Reason, str]] = Counter()
    for one in sums.kinds:
        place = (definition.reason(one.kind), definition.detail(one.kind))
        loans[place] += one.loans
        balance[place] += one.balance
    met = {reason for reason, _ in loans}
    places = [*loans, *((reason, "") for reason in definition.reasons if reason not in met)]
    order = {reason: number for number, reason in enumerate(Reason)}
    places.sort(key=lambda place: (order[place[0]], place[1]))
    return Reconciliation(tuple(ReconciliationLine(*place, loans[place], balance[place]) for place in places))
