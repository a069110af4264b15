"""From the three market files to a market: all of it, or a refusal that names every fault of every file."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, TypeVar

from kernel.bilingual import Text
from kernel.tables.columns import Column, Record, Table, read_records
from kernel.tables.faults import Fault, FileRefused
from kernel.tables.reading import Sheet, read_sheet
from matchmaking.market_files import columns as at
from matchmaking.matching.market import Bank, Market, Product, Request

T = TypeVar("T")


@dataclass(frozen=True)
class MarketFile:
    """A file as it came in."""

    name: str
    content: bytes


@dataclass(frozen=True)
class FiledMarket:
    """A market with the warnings and notes of its files."""

    market: Market
    remarks: tuple[Fault, ...]


def _bank(row: Record) -> Bank:
    return Bank(row[at.INSTITUTION_CODE], row[at.BANK_NAME], row[at.DESKS], row[at.SEATS])


def _product(row: Record) -> Product:
    return Product(
        product_id=row[at.PRODUCT_ID],
        institution_code=row[at.OFFERING_BANK],
        name=row[at.PRODUCT_NAME],
        amount_min=row[at.AMOUNT_MIN],
        amount_max=row[at.AMOUNT_MAX],
        term_min=row[at.TERM_MIN],
        term_max=row[at.TERM_MAX],
        rate_min=row[at.RATE_MIN],
        rate_max=row[at.RATE_MAX],
        guarantee_kinds=row[at.ACCEPTED_KINDS],
        industries=row[at.INDUSTRIES],
        regions=row[at.PRODUCT_REGIONS],
        purposes=row[at.PRODUCT_PURPOSES],
        required_tags=row[at.REQUIRED_TAGS],
        promised_days=row[at.PROMISED_DAYS],
        valid_from=row[at.VALID_FROM],
        valid_to=row[at.VALID_TO],
        quota=row[at.QUOTA],
    )


def _request(row: Record) -> Request:
    return Request(
        request_id=row[at.REQUEST_ID],
        enterprise_code=row[at.ENTERPRISE_CODE],
        enterprise_name=row[at.ENTERPRISE_NAME],
        amount=row[at.REQUEST_AMOUNT],
        term=row[at.REQUEST_TERM],
        rate_ceiling=row[at.RATE_CEILING],
        guarantee_kinds=row[at.OFFERED_KINDS],
        industry=row[at.INDUSTRY],
        region=row[at.REGION],
        purpose=row[at.PURPOSE],
        tags=row[at.HELD_TAGS],
        needed_by=row[at.NEEDED_BY],
        submitted_at=row[at.SUBMITTED_AT],
        meetings_wanted=row[at.WANTED],
        preferred_institutions=row[at.PREFERRED],
        vetoed_institutions=row[at.VETOED],
        size=row[at.SIZE],
    )


def _fault(table: Table, row: Record, column: Column[Any], value: object, rule: str, text: Text) -> Fault:
    return Fault(table.file, row.number, column.name, str(value), rule, "error", text)


_RANGES: tuple[tuple[Column[Any], Column[Any]], ...] = (
    (at.AMOUNT_MIN, at.AMOUNT_MAX),
    (at.TERM_MIN, at.TERM_MAX),
    (at.RATE_MIN, at.RATE_MAX),
    (at.VALID_FROM, at.VALID_TO),
)


def _product_faults(table: Table, banks: set[str]) -> Iterable[Fault]:
    """Rules between the columns of a product, and between products and banks."""
    for row in table.records:
        for low, high in _RANGES:
            least, most = row[low], row[high]
            if least is not None and most is not None and least > most:
                text = Text(f"“{low.heading}”大于“{high.heading}”", f"{low.name} is above {high.name}")
                yield _fault(table, row, low, least, "range_reversed", text)
        if banks and row[at.OFFERING_BANK] not in banks:
            text = Text("机构代码不在银行文件里", "The institution is not in the banks file")
            yield _fault(table, row, at.OFFERING_BANK, row[at.OFFERING_BANK], "bank_unknown", text)


def _bank_list_remarks(table: Table, banks: set[str]) -> Iterable[Fault]:
    """Wishes and vetoes that name nobody at this session: taken, and shown."""
    for row in table.records:
        named = [(at.PREFERRED.name, code) for code in row[at.PREFERRED]]
        vetoed = row[at.VETOED]
        named += [(at.VETOED.name, code) for code in sorted(vetoed)]
        for column, code in named:
            if code not in banks:
                text = Text(f"{code} 不在银行文件里，本场不起作用", f"{code} is not in the banks file: without effect")
                yield Fault(table.file, row.number, column, code, "bank_absent", "warning", text)


def sheet_of(filed: MarketFile, most: int | None = None) -> Sheet:
    """The rows as text; `FileRefused` for more than `most` of them, before the rest is looked at."""
    return read_sheet(filed.name, filed.content, most=most)


def _read(
    filed: MarketFile,
    catalogue: Sequence[Column[Any]],
    key: Column[str],
    faults: list[Fault],
    most: int | None = None,
) -> Table:
    """The file's records, or none of them with its faults added to the list."""
    try:
        table = read_records(sheet_of(filed, most), catalogue, key=key)
    except FileRefused as refusal:
        faults += refusal.faults
        return Table(filed.name, (), ())
    faults += table.faults
    return table


def _refuse_if_wrong(faults: Sequence[Fault]) -> None:
    if any(fault.severity == "error" for fault in faults):
        raise FileRefused(faults)


def read_market(banks: MarketFile, products: MarketFile, requests: MarketFile) -> FiledMarket:
    """Read the three files. Raises `FileRefused` with the faults of all three; a listed request counts as consented."""
    faults: list[Fault] = []
    bank_table = _read(banks, at.BANKS, at.INSTITUTION_CODE, faults)
    product_table = _read(products, at.PRODUCTS, at.PRODUCT_ID, faults)
    request_table = _read(requests, at.REQUESTS, at.REQUEST_ID, faults)
    codes = {row[at.INSTITUTION_CODE] for row in bank_table.records}
    faults += _product_faults(product_table, codes)
    _refuse_if_wrong(faults)
    faults += _bank_list_remarks(request_table, codes)
    market = Market(_all(bank_table, _bank), _all(product_table, _product), _all(request_table, _request)).in_order()
    return FiledMarket(market, tuple(faults))


@dataclass(frozen=True)
class FiledRow(Generic[T]):
    """One row of a file with its number in it and its cells as read."""

    number: int
    record: Record
    value: T


@dataclass(frozen=True)
class FiledRows(Generic[T]):
    """The rows of one file, none where it is refused, with everything found in it."""

    file: str
    rows: tuple[FiledRow[T], ...]
    faults: tuple[Fault, ...]


def _rows(
    filed: MarketFile, catalogue: Sequence[Column[Any]], key: Column[str], make: Callable[[Record], T], most: int | None
) -> FiledRows[T]:
    faults: list[Fault] = []
    table = _read(filed, catalogue, key, faults, most)
    faults += _product_faults(table, set()) if key is at.PRODUCT_ID else ()
    refused = any(fault.severity == "error" for fault in faults)
    rows = () if refused else tuple(FiledRow(one.number, one, make(one)) for one in table.records)
    return FiledRows(filed.name, rows, tuple(faults))


def read_product_rows(
    filed: MarketFile, catalogue: Sequence[Column[Any]] = at.PRODUCTS, *, most: int | None = None
) -> FiledRows[Product]:
    """The rows of a products file, `most` of them, one by one, by its columns or a catalogue that narrows and adds to them."""
    return _rows(filed, catalogue, at.PRODUCT_ID, _product, most)


def read_request_rows(
    filed: MarketFile, catalogue: Sequence[Column[Any]] = at.REQUESTS, *, most: int | None = None
) -> FiledRows[Request]:
    """The same for a requests file."""
    return _rows(filed, catalogue, at.REQUEST_ID, _request, most)


_CATALOGUES: dict[str, tuple[Sequence[Column[Any]], Column[str], Callable[[Record], Any]]] = {
    "banks": (at.BANKS, at.INSTITUTION_CODE, _bank),
    "products": (at.PRODUCTS, at.PRODUCT_ID, _product),
    "requests": (at.REQUESTS, at.REQUEST_ID, _request),
}


def read_one(kind: str, filed: MarketFile) -> Market:
    """One of the three files alone, as a market of nothing else; raises `FileRefused` with its faults."""
    catalogue, key, make = _CATALOGUES[kind]
    faults: list[Fault] = []
    table = _read(filed, catalogue, key, faults)
    _refuse_if_wrong(faults)
    rows: dict[str, Any] = {kind: _all(table, make)}
    return replace(Market((), (), ()), **rows).in_order()


def _all(table: Table, make: Callable[[Record], Any]) -> tuple[Any, ...]:
    return tuple(make(row) for row in table.records)
