"""`yinqi two-increases`: the indicators of a quarter in the terminal."""

from collections.abc import Iterator

import click
from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.periods import Quarter
from settlement.acting import acting, as_json, print_json, print_table, who
from settlement.handed_over import premises
from settlement.options import QuarterType
from settlement.scorecards.schemas import ScorecardOut, rounded
from settlement.scorecards.service import Scorecard, scorecards
from settlement.two_increases import INDICATOR_TITLES, Indicator, Outcome

_WORDS = {Outcome.MET: "达标 met", Outcome.FAILED: "未达标 failed", Outcome.UNDEFINED: "n/a"}


@click.command("two-increases")
@click.option("--quarter", type=QuarterType(), required=True, help="季度 Quarter, such as 2022Q3")
@who
@as_json
@acting
def two_increases(db: Session, caller: Caller, quarter: Quarter, in_json: bool) -> None:
    """两增两控：一个季度的四项指标 / The two increases and two controls of a quarter."""
    found = scorecards(db, caller, quarter, premises=premises())
    if in_json:
        print_json(ScorecardOut(many=True).dump(found))
        return
    headings = [f"{title.zh} {title.en}" for title in INDICATOR_TITLES.values()]
    print_table(("机构 institution", *headings, "合计 all"), map(_row, found))


def _row(card: Scorecard) -> list[str]:
    return [card.party.name, *_cells(card.assessed.indicators), _WORDS[card.assessed.outcome]]


def _cells(indicators: tuple[Indicator, ...]) -> Iterator[str]:
    for one in indicators:
        sign = "≥" if one.at_least else "≤"
        compared = f"{rounded(one.kind, one.value) or '—'} {sign} {rounded(one.kind, one.bound) or '—'}"
        yield f"{compared} {_WORDS[one.outcome]}"
