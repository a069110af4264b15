"""`yinqi policy words` and `yinqi policy decisions`: the register of open words with its prices, and the documents that decided."""

from datetime import datetime
from pathlib import Path

import click
from flask import Flask

from config.policy_commands import (
    POLICIES,
    day_option,
    file_book,
    listing,
    present_book,
    present_day,
    print_table,
    said,
)
from kernel import database
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import OpenWords, load_words
from kernel.web.edge import clock
from settlement.handed_over import premises
from settlement.options import QuarterType
from settlement.reading_commands import amount, computing_shown, console_of, dumped
from settlement.readings import plain
from settlement.readings.comparing import PriceRow, WordPrices, compare_words, words_of_growth
from settlement.readings.places import open_words, outcome_store
from settlement.readings.runs import settled_quarters
from settlement.readings.schemas import OpenWordOut, PricesOut
from settlement.readings.views import ReadWord, read_words
from settlement.statements import labels

SPREAD = Text("差", "Difference")


@click.command("words")
@day_option
@click.option("--prices", is_flag=True, help="各读法差多少 the money between the readings, on the books' returns")
@click.option("--word", "names", multiple=True, help="只看这几处 only these words")
@click.option(
    "--quarter", "quarters", type=QuarterType(), multiple=True, help="哪几季，不写就是全部 quarters, all if left out"
)
@listing
@click.pass_context
def list_words(
    context: click.Context,
    day: datetime | None,
    prices: bool,
    names: tuple[str, ...],
    quarters: tuple[Quarter, ...],
    policies: Path | None,
    as_json: bool,
    lang: str,
) -> None:
    """未定用语：几种读法，现在用哪一种，谁来定 / The open words: their readings, the one in use, who decides."""
    if prices:
        _show_prices(context, names, quarters, as_json, lang)
        return
    book, files = present_book(policies), file_book(policies)
    root = context.find_root().obj
    folder = policies or (root.get("policies") if isinstance(root, dict) else None) or POLICIES
    words = load_words(folder, files)
    chosen = OpenWords(tuple(words.word(name) for name in names)) if names else words
    rows = read_words(chosen, book, present_day(day))
    if as_json:
        click.echo(dumped(OpenWordOut(many=True), [plain.word(one) for one in rows]))
        return
    headings = Text(
        "编号,没有写明的,读法（✓ 现在用）,依据,谁来定", "Id,Left open,Readings (✓ in use),Rests on,Who decides"
    )
    title = f"{Text('未定用语', 'Open words').in_language(lang)} {present_day(day)}"
    print_table(title, headings.in_language(lang).split(","), [_word_row(one, lang) for one in rows])


def _word_row(read: ReadWord, lang: str) -> list[str]:
    readings = [f"{'✓' if one.id == read.in_force else '·'} {said(one.title, lang)}" for one in read.word.alternatives]
    basis = "; ".join(dict.fromkeys(value.reference for value in read.values))
    undecided = Text("还没有决定", "no decision yet").in_language(lang)
    return [
        read.word.id,
        said(read.word.title, lang),
        "\n".join(readings),
        basis or undecided,
        said(read.word.decides, lang),
    ]


def _show_prices(
    context: click.Context, names: tuple[str, ...], asked: tuple[Quarter, ...], as_json: bool, lang: str
) -> None:
    app: Flask = context.find_root().obj["make_app"]()
    with app.app_context(), computing_shown(console_of(error=True)) as told:
        places, words = premises(), open_words()
        chosen = [words.word(name) for name in names] or list(words_of_growth(words))
        over = settled_quarters(places.book, clock().today())
        quarters = [one for one in over if one in asked] or list(over)
        found = compare_words(database.current(), chosen, quarters, premises=places, store=outcome_store(), told=told)
    if as_json:
        content = {**plain.progress(None), "quarters": quarters, "words": [plain.prices(one) for one in found]}
        click.echo(dumped(PricesOut(), content))
        return
    for one in found:
        _print_prices(one, quarters, lang)


def _print_prices(prices: WordPrices, quarters: list[Quarter], lang: str) -> None:
    heads = [f"{said(one.alternative.title, lang)}{' ✓' if one.is_in_force else ''}" for one in prices.readings] + [
        SPREAD.in_language(lang)
    ]
    title = (
        f"{said(prices.word.title, lang)}  {quarters[0]} … {quarters[-1]}"
        if quarters
        else said(prices.word.title, lang)
    )
    institutions = [[row.name, *_cells(row)] for row in prices.by_institution()]
    regions = [[said(labels.region(row.key), lang), *_cells(row)] for row in prices.by_region()]
    payers = [[said(labels.payer(row.key), lang), *_cells(row)] for row in prices.by_payer()]
    whole = [Text("合计", "Total").in_language(lang), *_cells(prices.whole)]
    for head, rows in (
        (Text("机构", "Institution"), institutions),
        (Text("区县", "County"), regions),
        (Text("承担方", "Payer"), payers),
    ):
        print_table(title, [head.in_language(lang), *heads], [*rows, whole])


def _cells(row: PriceRow) -> list[str]:
    return [*(amount(fen) for fen in row.amounts), amount(row.spread)]
