"""Loan products by file: a bank's own, each row a new product, a new version of one, or nothing new."""

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.parties.service import party_by_id
from kernel.tables.columns import Column
from matchmaking.imports import columns
from matchmaking.imports.preview import ImportLine, ImportPreview, RowFaults
from matchmaking.imports.workflow import MOST_ROWS
from matchmaking.market_files import columns as at
from matchmaking.market_files.reading import FiledRow, FiledRows, MarketFile, read_product_rows
from matchmaking.matching import market
from matchmaking.page_words import months, rate, wan_range
from matchmaking.products import service
from matchmaking.products.models import LoanProduct
from matchmaking.products.reading import Listing, listings_coded
from matchmaking.products.schemas import asked_besides
from matchmaking.products.terms import ProductTerms, same_terms, terms_of_row

FOUND_AT: dict[str, Column[Any]] = {"deposit_reason": columns.DEPOSIT_REASON, "counter_guarantees": columns.COUNTERS}
Row = FiledRow[market.Product]


def _terms(row: Row, former: ProductTerms | None) -> ProductTerms:
    """The terms of a row; what the file leaves blank besides the market's columns stays as it is."""
    said: dict[str, Any] = {one.name: row.record[one] for one in columns.BESIDES if row.record[one] is not None}
    if "counter_guarantees" in said:
        said["counter_guarantees"] = tuple(sorted(said["counter_guarantees"]))
    kept = {} if former is None else {one.name: getattr(former, one.name) for one in columns.BESIDES}
    return replace(terms_of_row(row.value), **kept | said)


def _check_id(faults: RowFaults, row: Row, product: LoanProduct | None, caller: Caller) -> None:
    code = row.value.product_id
    if product is None and not columns.no_number_of_the_service(code):
        zh, en = "P 加数字的编号由系统发，换一个", "Ids of P and digits are given by the service; choose another"
        faults.add(row.number, at.PRODUCT_ID, code, "id_reserved", zh, en)
    elif product is not None and product.institution_id != caller.organisation_id:
        faults.add(row.number, at.PRODUCT_ID, code, "id_taken", "这个编号已经有人用了，换一个", "This id is taken")
    elif product is not None and product.state == "withdrawn":
        zh, en = (
            "这款产品已经下架，不能再改；换一个编号另建",
            "This product is withdrawn; make a new one under another id",
        )
        faults.add(row.number, at.PRODUCT_ID, code, "product_withdrawn", zh, en)


def _check_terms(faults: RowFaults, row: Row, terms: ProductTerms) -> None:
    for name, (text, *_) in asked_besides(vars(terms)).items():
        value = row.record[FOUND_AT[name]]
        faults.add(row.number, FOUND_AT[name], "" if value is None else value, "asked_besides", text.zh, text.en)


def _line(found: Listing | None, caller: Caller, row: Row, faults: RowFaults) -> ImportLine:
    _check_id(faults, row, found.product if found else None, caller)
    listing = found if found is not None and found.product.institution_id == caller.organisation_id else None
    terms = _terms(row, listing.terms if listing else None)
    _check_terms(faults, row, terms)
    return ImportLine(row.number, row.value.product_id, terms.name, _action(listing, terms), _words(terms), terms)


def _words(terms: ProductTerms) -> Text:
    """`10 万到 500 万，3 到 36 个月，3.85% 起`."""
    span, term, least = (
        wan_range(terms.amount_min, terms.amount_max),
        months(terms.term_min, terms.term_max),
        rate(terms.rate_min),
    )
    return Text(f"{span.zh}，{term.zh}，{least}% 起", f"{span.en}, {term.en}, from {least}%")


def _action(listing: Listing | None, terms: ProductTerms) -> str:
    if listing is None:
        return "new"
    return "unchanged" if same_terms(listing.terms, terms) else "changed"


def read(filed: MarketFile) -> FiledRows[market.Product]:
    """The rows of a file with what is wrong in it; asks nothing of the books."""
    return read_product_rows(filed, columns.PRODUCT_COLUMNS, most=MOST_ROWS)


def preview(db: Session, caller: Caller, filed: FiledRows[market.Product], today: date) -> ImportPreview:
    """What the file would do to the products of the caller's bank."""
    faults, own = RowFaults(filed.file, filed.faults), party_by_id(db, caller.organisation_id).code
    known = listings_coded(db, [row.value.product_id for row in filed.rows])
    lines = [_line(known.get(row.value.product_id), caller, row, faults) for row in filed.rows]
    for row in filed.rows:
        code = row.value.institution_code
        if code != own:
            zh, en = f"只能带本行的产品，本行是 {own}", f"Only products of your own bank, {own}"
            faults.add(row.number, at.OFFERING_BANK, code, "not_your_bank", zh, en)
        if row.value.valid_to is not None and row.value.valid_to < today:
            zh, en = "有效期已过，企业看不到这款", "It is no longer valid: firms will not see it"
            faults.add(row.number, at.VALID_TO, row.value.valid_to, "no_longer_valid", zh, en, "warning")
    return faults.preview(lines)


def take(db: Session, caller: Caller, line: ImportLine, options: dict[str, Any], at: datetime) -> None:
    """Make the product or its new version; `publish` puts drafts on offer at once."""
    if line.action == "new":
        listing = service.create(db, caller, terms=line.value, at=at, code=line.key)
    else:
        listing = listings_coded(db, [line.key])[line.key]
    if line.action == "changed":
        listing = service.change(db, caller, listing.id, terms=line.value, seen=listing.version.number, at=at)
    if options.get("publish") and listing.product.state == "draft":
        service.move(db, caller, listing.id, "publish", at=at)
