"""Financing requests by file: a firm's own become drafts; an organiser's are published with the firms' written consent on file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlmodel import Session, col

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.parties.models import Enterprise, Party
from kernel.parts import in_parts
from kernel.web.formats import short_wan
from matchmaking.imports import columns
from matchmaking.imports.preview import ImportLine, ImportPreview, RowFaults
from matchmaking.imports.workflow import MOST_ROWS
from matchmaking.market_files import columns as at
from matchmaking.market_files.reading import FiledRow, FiledRows, MarketFile, read_request_rows
from matchmaking.matching import market
from matchmaking.matching.vocabulary import REGIONS
from matchmaking.page_words import rate
from matchmaking.requests import service
from matchmaking.requests.models import FinancingRequest
from matchmaking.requests.terms import DECLARED_TAGS, RequestTerms, terms_of_row

Row = FiledRow[market.Request]


@dataclass(frozen=True)
class _Register:
    """The firms and institutions that the rows of a file name, as they are registered, and the ids already in use."""

    firms: Mapping[str, tuple[Party, Enterprise]]
    institutions: frozenset[str]
    taken: frozenset[str]

    @classmethod
    def of(cls, db: Session, rows: tuple[Row, ...]) -> "_Register":
        codes = {row.value.enterprise_code for row in rows}
        ids = {row.value.request_id for row in rows}
        named = {code for row in rows for code in (*row.value.preferred_institutions, *row.value.vetoed_institutions)}
        firms: Any = select(Party, Enterprise).join(Enterprise, col(Enterprise.party_id) == col(Party.id))
        lenders = select(col(Party.code)).where(col(Party.kind) == "institution")
        return cls(
            {row[0].code: (row[0], row[1]) for row in _coded(db, firms, col(Party.code), codes)},
            frozenset(row[0] for row in _coded(db, lenders, col(Party.code), named)),
            frozenset(
                row[0] for row in _coded(db, select(col(FinancingRequest.code)), col(FinancingRequest.code), ids)
            ),
        )


def _coded(db: Session, query: Select[Any], code: Any, codes: set[str]) -> Iterable[Any]:
    """The rows of a query whose code is one of many."""
    for part in in_parts(codes):
        yield from db.execute(query.where(code.in_(part)))


@dataclass(frozen=True)
class RequestBrought:
    """The terms of one row and the firm that they are for."""

    enterprise_id: int
    terms: RequestTerms


def _check_firm(faults: RowFaults, row: Row, known: _Register, caller: Caller) -> None:
    code, is_firm = row.value.enterprise_code, caller.organisation_kind == "enterprise"
    found = known.firms.get(code)
    if is_firm and (found is None or found[0].id != caller.organisation_id):
        faults.add(
            row.number,
            at.ENTERPRISE_CODE,
            code,
            "not_your_firm",
            "只能带本企业的申请",
            "Only requests of your own firm",
        )
    elif found is None:
        zh, en = "这家企业还没有登记，请它先登记", "This firm is not registered; ask it to register first"
        faults.add(row.number, at.ENTERPRISE_CODE, code, "enterprise_unknown", zh, en)
    else:
        _compare(faults, row, *found)


def _compare(faults: RowFaults, row: Row, party: Party, firm: Enterprise) -> None:
    """What the register says otherwise: the register counts, the file is not taken at its word."""
    registered = (
        (at.ENTERPRISE_NAME, row.value.enterprise_name, party.name),
        (at.REGION, REGIONS[row.value.region].zh, REGIONS[party.fiscal_region].zh),
        (at.INDUSTRY, row.value.industry[:1], firm.industry[:1] if row.value.industry else ""),
    )
    for column, said, kept in registered:
        if said != kept:
            zh, en = f"登记的是“{kept}”，按登记的算", f"The register says “{kept}”, which counts"
            faults.add(row.number, column, said, "register_differs", zh, en, "warning")
    beyond = sorted(row.value.tags - set(DECLARED_TAGS))
    if beyond:
        zh, en = (
            "这些资格由主管部门认定，不从文件里取",
            "These are certified by the authorities and not taken from a file",
        )
        faults.add(row.number, at.HELD_TAGS, ";".join(beyond), "certified_elsewhere", zh, en, "warning")


def _check_row(faults: RowFaults, row: Row, known: _Register, today: date) -> None:
    one = row.value
    if one.request_id in known.taken or not columns.no_number_of_the_service(one.request_id):
        zh, en = "这个编号已经用了，或者是系统发的样式，换一个", "This id is taken or of the service's own kind"
        faults.add(row.number, at.REQUEST_ID, one.request_id, "id_taken", zh, en)
    if one.needed_by is not None and one.needed_by < today:
        zh, en = "最迟用款日已经过了", "The day of need is over"
        faults.add(row.number, at.NEEDED_BY, one.needed_by, "needed_by_past", zh, en)
    _check_banks(faults, row, known)


def _check_banks(faults: RowFaults, row: Row, known: _Register) -> None:
    one = row.value
    for column, codes in ((at.PREFERRED, one.preferred_institutions), (at.VETOED, sorted(one.vetoed_institutions))):
        for code in codes:
            if code not in known.institutions:
                faults.add(
                    row.number, column, code, "institution_unknown", "没有这家机构", "There is no such institution"
                )
    both = sorted(set(one.preferred_institutions) & one.vetoed_institutions)
    if both:
        zh, en = "同一家银行不能既优先又回避", "A bank cannot be both preferred and kept off"
        faults.add(row.number, at.VETOED, ";".join(both), "preferred_and_vetoed", zh, en)


def _brought(row: Row, known: _Register) -> RequestBrought:
    found = known.firms.get(row.value.enterprise_code)
    terms = replace(
        terms_of_row(row.value), existing_loans=row.record[columns.EXISTING_LOANS], note=row.record[columns.NOTE]
    )
    return RequestBrought(found[0].id or 0 if found else 0, terms)


def _words(row: Row) -> Text:
    """`120 万元，12 个月，最高 4.80%`."""
    wan, term, most = short_wan(row.value.amount), row.value.term, rate(row.value.rate_ceiling)
    return Text(f"{wan} 万元，{term} 个月，最高 {most}%", f"{wan} × 10,000 yuan, {term} months, at most {most}%")


def read(filed: MarketFile) -> FiledRows[market.Request]:
    """The rows of a file with what is wrong in it; asks nothing of the books."""
    return read_request_rows(filed, columns.REQUEST_COLUMNS, most=MOST_ROWS)


def preview(db: Session, caller: Caller, filed: FiledRows[market.Request], today: date) -> ImportPreview:
    """What the file would bring: drafts of the caller's firm, or published requests of any registered firm."""
    faults, known = RowFaults(filed.file, filed.faults), _Register.of(db, filed.rows)
    for row in filed.rows:
        _check_firm(faults, row, known, caller)
        _check_row(faults, row, known, today)
    lines = [
        ImportLine(
            one.number, one.value.request_id, one.value.enterprise_name, "new", _words(one), _brought(one, known)
        )
        for one in filed.rows
    ]
    return faults.preview(lines)


def take(db: Session, caller: Caller, line: ImportLine, options: dict[str, Any], at: datetime) -> None:
    """Make the request; an organiser's is published with the consent that the firm signed."""
    brought: RequestBrought = line.value
    consent = None if caller.organisation_kind == "enterprise" else service.SignedConsent(**options)
    service.bring(
        db, brought.enterprise_id, code=line.key, terms=brought.terms, consent=consent, by=caller.actor, at=at
    )
