"""`yinqi match --replay`: past weeks from folders of files, matched again by every mechanism, as a table and a CSV."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from kernel.errors import Refused
from kernel.periods import IsoWeek
from kernel.policies import PolicyBook
from kernel.tables.writing import csv_bytes
from matchmaking.market_files.reading import MarketFile, read_market
from matchmaking.matching_policy import both_rules
from matchmaking.replaying import COLUMNS, Compared, PastOutcome, PastWeek, compared, replay, rows
from matchmaking.sides import Terms

CERTIFICATE, RESULT = "certificate.json", "replay.csv"
KINDS = ("banks", "products", "requests")
NAMES = {
    "tiers": "层级 tiers",
    "reserves": "留座 reserves",
    "textbook": "教科书 textbook",
    "greedy": "按分贪心 greedy by score",
}
HEADINGS = (
    "办法 mechanism",
    "见到/上界 met/bound",
    "场次 meetings",
    "平均分 mean score",
    "首贷 first loan",
    "培育库 pool",
)
MORE = ("最低区县 lowest county", "小银行座位 small banks' seats")


def past_week(files: Mapping[str, MarketFile], certificate: bytes) -> PastWeek:
    """A week from its three files and its certificate, which says the frame and reveals the seed."""
    paper = json.loads(certificate)
    seed = bytes.fromhex(paper["lottery"]["seed"])
    terms = Terms(IsoWeek.parse(paper["week"]), paper["slots"], seed, paper["rooms"], paper["levels_allowed"])
    return PastWeek(read_market(*(files[kind] for kind in KINDS)).market, terms)


def _file(folder: Path, kind: str) -> MarketFile:
    found = sorted(one for one in folder.iterdir() if one.stem == kind and one.suffix in (".csv", ".xlsx"))
    if not found:
        raise Refused("week_incomplete", f"{folder.name} 里没有 {kind} 文件", f"{folder.name} holds no {kind} file")
    return MarketFile(found[0].name, found[0].read_bytes())


def weeks_in(folder: Path) -> list[PastWeek]:
    """The weeks in a folder: one folder each, with its three files and its certificate; Refused where there is none."""
    places = sorted(one.parent for one in folder.glob(f"*/{CERTIFICATE}"))
    if not places:
        raise Refused(
            "no_weeks",
            f"{folder} 里没有过去的场次：每周一个文件夹，放三个输入文件和 {CERTIFICATE}",
            f"{folder} holds no past weeks: one folder a week with its three input files and {CERTIFICATE}",
        )
    return [
        past_week({kind: _file(place, kind) for kind in KINDS}, (place / CERTIFICATE).read_bytes()) for place in places
    ]


def replay_all(weeks: Iterable[PastWeek], book: PolicyBook) -> list[PastOutcome]:
    """Every week by every mechanism, under the policy of its Monday."""
    return [one for past in weeks for one in replay(past, both_rules(book, past.terms.week.monday))]


def _percent(share: tuple[int, int]) -> str:
    part, whole = share
    return f"{100 * part / whole:.1f}% ({part}/{whole})" if whole else "—"


def _row(one: Compared) -> tuple[str, ...]:
    county, met, could = one.lowest_county
    mean = f"{one.score / one.meetings:.1f}" if one.meetings else "—"
    return (
        NAMES[one.mechanism],
        f"{one.met}/{one.bound}",
        str(one.meetings),
        mean,
        _percent(one.first_loan),
        _percent(one.pool),
        f"{county} {_percent((met, could))}",
        _percent(one.small_banks),
    )


def show(found: list[PastOutcome], out: Path) -> None:
    """The comparison on the terminal, the rows behind it in `replay.csv`."""
    out.mkdir(parents=True, exist_ok=True)
    (out / RESULT).write_bytes(csv_bytes(COLUMNS, rows(found)))
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 200
    table = Table(*HEADINGS, *MORE)
    for one in compared(found):
        table.add_row(*_row(one))
    console.print(table, markup=False)
    weeks = len({one.week for one in found})
    click.echo(f"{weeks} 周，明细在 {out / RESULT} / {weeks} weeks, rows in {out / RESULT}")
