"""What one quarter costs, end to end: `python -m benchmarks.quarter [quick|full]`.

Every bank has filed 500 loans and certified them. A round begins with nothing worked out: the balances are computed from the rows,
the statements drafted as the job drafts them (a transaction each, on SQLite with its files flushed), and each printed as a PDF.
10 banks and 400 take turns; the cost may not grow faster than the work by more than half.
"""

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from sqlmodel import Session, select

from benchmarks.figure import Figure, at_most, main
from benchmarks.quarter_city import AT, QUARTER, ROWS, FiledCity, make_city
from settlement.papers.statement_paper import statement_paper
from settlement.statements.drafting import draft_quarter
from settlement.statements.models import Statement
from settlement.statements.service import wholes

SMALL = 10
LARGE = {"quick": 100, "full": 400}
ROUNDS = 5
_round = count(1)


@dataclass(frozen=True)
class Spent:
    """Seconds of one quarter: computing and drafting, then printing."""

    drafting: float
    printing: float

    @property
    def whole(self) -> float:
        return self.drafting + self.printing


def settle(city: FiledCity) -> Spent:
    """One quarter of the city, from its certified returns to the last PDF."""
    folder = city.folder / f"round-{next(_round)}"
    engine = city.copied(folder)
    with Session(engine, expire_on_commit=False) as db:
        began = time.perf_counter()
        drafted = draft_quarter(db, QUARTER, premises=city.premises(folder / "sums"), at=AT)
        between = time.perf_counter()
        statements = db.exec(select(Statement)).all()
        papers = [statement_paper(whole, lang="zh") for whole in wholes(db, statements).values()]
        ended = time.perf_counter()
    assert len(drafted.written) == len(papers) == city.banks
    assert all(one.amount is not None for one in statements)
    engine.dispose()
    shutil.rmtree(folder)
    return Spent(between - began, ended - between)


def _median(spent: list[Spent]) -> Spent:
    return Spent(statistics.median(one.drafting for one in spent), statistics.median(one.printing for one in spent))


def growth(folder: Path, large: int) -> Figure:
    cities = [make_city(folder / str(banks), banks) for banks in (SMALL, large)]
    rounds = [[settle(city) for city in cities] for _ in range(ROUNDS + 1)][1:]  # the first warms up
    few, many = (_median([one[place] for one in rounds]) for place in (0, 1))
    work = large // SMALL
    note = (
        f"seconds, {work} × the work; {ROWS} loans a bank; of the larger {many.drafting:.1f} s computing and drafting, "
        f"{many.printing:.1f} s printing"
    )
    name = f"a quarter of {large} banks ÷ of {SMALL}: compute, statements, PDF of all"
    return at_most(name, many.whole, few.whole, work * 1.5, note)


def figures(scale: str) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        yield growth(Path(folder), LARGE[scale])


if __name__ == "__main__":
    main("benchmarks.quarter", figures)
