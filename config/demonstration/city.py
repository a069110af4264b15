"""Writes the whole city: the registers first, then the market, then the returns quarter by quarter."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Final

from config.demonstration import returns
from config.demonstration.books import Books
from config.demonstration.files import write_csv, write_toml
from config.demonstration.guarantees import FIRST_QUARTER, Guarantees
from config.demonstration.market import BANK_COLUMNS, PRODUCT_COLUMNS, Row, bank_rows, product_rows
from config.demonstration.parties import CityEnterprise, enterprises, guarantors, lenders
from config.demonstration.people import Office, Person, offices, people
from config.demonstration.plan import QUARTERS, Guarantor, Lender, certified, read
from config.demonstration.planted import Planted, cases
from config.demonstration.requests import COLUMNS as REQUEST_COLUMNS
from config.demonstration.requests import Requests, enterprise_rows
from kernel.money import yuan
from kernel.periods import Quarter

SEED: Final = 20220524
LATE_RETURN: Final = ("yaoshan", Quarter(2022, 3))

_INSTITUTIONS = (
    "institution_code", "name", "kind", "local_legal_person_from", "local_legal_person_until", "government_backed", "region",
    "successor_code", "parent_code",
)  # fmt: skip
_ENTERPRISES = (
    "enterprise_code", "name", "industry", "size_class", "staff", "revenue", "assets", "region", "tags",
)  # fmt: skip
_CERTIFIED = ("institution_code", "date", "balance", "document")


Progress = Callable[[str, int, int], None]


def _silent(_what: str, _done: int, _of: int) -> None:
    return None


def write_city(out: Path, *, seed: int = SEED, scale: int = 1, progress: Progress = _silent) -> None:
    """All files of the city below `out`. The same seed and scale give the same bytes; scale multiplies loans and enterprises.

    `progress` is told what is drawn next, how many quarters are done and of how many.
    """
    progress("机构、企业、市场 parties and the market", 0, len(QUARTERS))
    banks, backers, firms = lenders(), guarantors(), enterprises(seed, scale)
    planted = Planted(firms)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(out / "institutions.csv", _INSTITUTIONS, _institution_rows(banks, backers))
    write_csv(out / "enterprises.csv", _ENTERPRISES, enterprise_rows(firms))
    write_csv(out / "offices.csv", Office._fields, offices())
    write_csv(out / "people.csv", Person._fields, people(seed, banks, backers, firms))
    write_csv(out / "certified.csv", _CERTIFIED, _certified_rows(banks, scale, late=False))
    write_csv(out / "certified-late.csv", _CERTIFIED, _certified_rows(banks, scale, late=True))
    _write_market(out, seed, banks, firms)
    books = Books(seed, scale, banks, firms, planted)
    _write_returns(out, books, banks, Guarantees(seed, backers, banks, firms), progress)
    write_toml(out / "planted.toml", "case", cases((*banks, *backers), planted.codes()))


def _institution_rows(banks: Iterable[Lender], backers: Iterable[Guarantor]) -> Iterator[Row]:
    for bank in banks:
        yield bank.code, bank.name, bank.kind, bank.since, bank.until, "N", bank.region, bank.successor, bank.parent
    for backer in backers:
        yield (
            backer.code,
            backer.name,
            backer.kind,
            "",
            "",
            "Y" if backer.government_backed else "N",
            backer.region,
            "",
            "",
        )


def _certified_rows(banks: Iterable[Lender], scale: int, *, late: bool) -> Iterator[Row]:
    """The central bank's figures by quarter; `late` gives those that came after the review, the others all else."""
    plan = read("certified")
    for quarter in QUARTERS:
        for bank in banks:
            if bank.is_branch or not bank.files(quarter):
                continue
            after = plan["late"].get(bank.slug, {})
            if (after.get("quarter") == str(quarter)) is late:
                document = after["document"] if late else plan["documents"][str(quarter)]
                yield bank.code, quarter.last_day, yuan(certified(bank.slug, quarter) * scale), document


def _write_market(out: Path, seed: int, banks: tuple[Lender, ...], firms: tuple[CityEnterprise, ...]) -> None:
    write_csv(out / "banks.csv", BANK_COLUMNS, bank_rows(banks))
    write_csv(out / "products.csv", PRODUCT_COLUMNS, product_rows(banks))
    for week, rows in Requests(seed, firms, banks).weeks():
        write_csv(out / "requests" / f"{week}.csv", REQUEST_COLUMNS, rows)


def _write_returns(
    out: Path, books: Books, banks: tuple[Lender, ...], guarantees: Guarantees, progress: Progress
) -> None:
    """Loan returns quarter by quarter, and the guarantee returns that go with them."""
    for done, quarter in enumerate(QUARTERS):
        progress(f"{quarter} 报表 returns", done, len(QUARTERS))
        for bank in banks:
            if bank.files(quarter):
                folder = out / ("late" if (bank.slug, quarter) == LATE_RETURN else "returns")
                loans = books.loans_at(bank, quarter)
                returns.write(folder, bank.slug, bank.code, quarter, loans)
                guarantees.follow(quarter, bank.code, loans)
        guarantees.close(quarter)
        if quarter >= FIRST_QUARTER:
            guarantees.write(out / "guarantees", quarter)
