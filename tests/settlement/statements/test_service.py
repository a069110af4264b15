"""Drafting: the same figures as file mode to the byte, revisions when facts change, one failure does not stop the rest."""

import csv
import io
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from sqlmodel import Session, select

from kernel import database
from kernel.audit.service import entries_about
from kernel.errors import NotFound, Refused
from kernel.parties.models import PartyStatus
from kernel.periods import Quarter
from kernel.policies import PolicySilent, Value
from settlement.engine.machines import DuckDB
from settlement.filed.settling import FiledInput, settle_growth
from settlement.filed.writing import growth_files
from settlement.returns.models import LoanReturn
from settlement.returns.service import returns_of
from settlement.statements import drafting, service
from settlement.statements.exports import FILES, export
from settlement.statements.present import PresentDues
from tests.factories import NOW, make_institution
from tests.settlement.filing_floor import Q2, Q3, Bank, Floor, loan

Q1, BASE = Quarter(2022, 1), Quarter(2021, 4)


def draft(floor: Floor, quarter: Quarter = Q3) -> drafting.Drafted:
    return drafting.draft_quarter(floor.db, quarter, premises=floor.premises, at=NOW)


def settle_quarters(floor: Floor, bank: Bank, balances: dict[Quarter, str], certified: dict[Quarter, int]) -> None:
    for quarter, balance in balances.items():
        floor.certify(
            floor.file(
                [loan(1, balance=balance), loan(2, purpose="consumption", borrower_kind="owner")], quarter, bank
            ),
            bank,
        )
    for quarter, fen in certified.items():
        floor.certify_balance(fen, quarter, bank)


@pytest.fixture
def settled(floor: Floor) -> Floor:
    """A bank that dips in the second quarter and rebounds in the third, all certified."""
    balances = {BASE: "4000000.00", Q1: "4400000.00", Q2: "4200000.00", Q3: "4500000.37"}
    certified = {BASE: 4_000_000_00, Q1: 4_400_000_00, Q2: 4_200_000_00, Q3: 4_500_000_37}
    settle_quarters(floor, floor.bank, balances, certified)
    return floor


def test_a_statement_pays_one_basis_prints_the_other_and_flags_the_dip(settled: Floor) -> None:
    assert draft(settled).written == ["GR-2022Q3-01"]
    found = service.statement_by_number(settled.db, settled.operator, "GR-2022Q3-01")
    figures = service.growth_figures(settled.db, found)
    assert (found.amount, found.held, figures.alternative_amount, figures.dip_rebound) == (
        3_000_00,
        False,
        1_000_00,
        True,
    )
    shares = service.shares_of(settled.db, [found])[found.id or 0]
    assert [(share.payer, share.amount) for share in shares] == [("city", 1_500_00), ("410411", 1_500_00)]
    (line,) = service.lines_of(settled.db, [found])[found.id or 0]
    assert (line.clause, line.base, line.rate, line.amount) == (7, 300_000_37, "0.01", 3_000_00)
    lines = service.reconciliation_of(settled.db, [found])[found.id or 0]
    assert sum(line.balance for line in lines) == 5_500_000_37
    assert (lines[0].reason, lines[0].balance) == ("eligible", 4_500_000_37)


def test_drafting_again_changes_nothing_until_a_fact_changes(settled: Floor) -> None:
    draft(settled)
    again = draft(settled)
    assert (again.written, again.unchanged) == ([], 1)
    settled.certify_balance(4_510_000_00, Q3, document="更正 10-18")
    assert draft(settled).written == ["GR-2022Q3-01"]
    first, second = reversed(service.revisions_of(settled.db, settled.operator, "GR-2022Q3-01"))
    assert (first.revision, first.state, first.amount) == (1, "replaced", 3_000_00)
    assert (second.revision, second.state, second.amount) == (2, "draft", 3_100_00)
    acts = [entry.act for entry in entries_about(settled.db, ("statement", "GR-2022Q3-01"))]
    assert acts == ["statement.draft", "statement.draft"]


def test_a_newer_certified_return_makes_a_new_revision(settled: Floor) -> None:
    draft(settled)
    settled.certify(settled.file([loan(1, balance="4490000.00")], Q3))
    assert draft(settled).written == ["GR-2022Q3-01"]
    found = service.statement_by_number(settled.db, settled.operator, "GR-2022Q3-01")
    assert (found.revision, service.growth_figures(settled.db, found).returned_balance) == (2, 4_490_000_00)


def test_a_return_that_is_only_filed_is_not_yet_a_fact(settled: Floor) -> None:
    draft(settled)
    settled.file([loan(1, balance="1.00")], Q3)
    assert draft(settled).unchanged == 1


def test_what_is_missing_holds_the_statement_with_its_reasons(floor: Floor) -> None:
    settle_quarters(floor, floor.bank, {Q2: "100.00", Q3: "200.00"}, {Q2: 100_00})
    floor.another_bank()
    draft(floor)
    first, second = service.statements_of(floor.db, floor.operator, quarter=Q3)
    held = {first.beneficiary_code: first, second.beneficiary_code: second}[floor.bank.party.code]
    assert (held.amount, held.hold_reasons) == (1_00, "uncertified")
    other = second if held is first else first
    assert (other.amount, other.hold_reasons.split()[0]) == (None, "return_missing")


def test_who_is_no_local_legal_person_has_no_statement(floor: Floor) -> None:
    make_institution(floor.db, "某银行平顶山分行", kind="branch", local_from=None)
    make_institution(floor.db, "某担保", kind="guarantor")
    draft(floor)
    assert [one.beneficiary_code for one in service.statements_of(floor.db, floor.operator)] == [floor.bank.party.code]


def test_a_quarter_outside_the_window_is_refused_never_zero(floor: Floor) -> None:
    with pytest.raises(PolicySilent):
        draft(floor, Quarter(2023, 3))


def test_one_institutions_failure_does_not_stop_the_rest(settled: Floor) -> None:
    other = settled.another_bank()
    settle_quarters(settled, other, {Q2: "5.00", Q3: "7.00"}, {})
    filed = settled.file([loan(9)], Q3, other)
    certified = settled.certify(filed, other)
    settled.premises.keeping.tape(certified.row_digest or "").unlink()
    cached = settled.folder / "sums"
    for path in cached.rglob(f"{certified.row_digest}-*"):
        path.unlink()
    drafted = draft(settled)
    assert (len(drafted.written), drafted.failed) == (1, [other.party.code])


def test_another_banks_statement_is_the_same_as_none(settled: Floor) -> None:
    draft(settled)
    other = settled.another_bank()
    for caller in (other.maker, other.checker, settled.officer):
        with pytest.raises(NotFound):
            service.statement_by_number(settled.db, caller, "GR-2022Q3-01")
        assert service.statements_of(settled.db, caller) == []
    own = service.statement_by_number(settled.db, settled.bank.maker, "GR-2022Q3-01")
    assert own.beneficiary_id == settled.bank.party.id


def filed_mode(
    floor: Floor, banks: list[Bank], certified: list[tuple[Bank, Quarter, int]], folder: Path
) -> dict[str, bytes]:
    """The same facts through file mode."""
    for bank in banks:
        for row in service_returns(floor, bank):
            name = f"{bank.party.code}_{row.quarter}_loans.csv"
            (folder / name).write_bytes(floor.premises.keeping.archive.path(row.bytes_digest).read_bytes())
    header = ["institution_code", "name", "kind", "local_legal_person_from", "government_backed", "region"]
    rows = [
        [b.party.code, b.party.name, "rural_commercial_bank", "2009-12-28", "N", b.party.fiscal_region] for b in banks
    ]
    institutions = folder.parent / "institutions.csv"
    institutions.write_text(table(header, rows))
    balances = folder.parent / "certified.csv"
    figures = [
        [bank.party.code, str(q.last_day), f"{fen // 100}.{fen % 100:02d}", "10-14"] for bank, q, fen in certified
    ]
    balances.write_text(table(["institution_code", "date", "balance", "document"], figures))
    files = FiledInput(folder, institutions, balances)
    scratch = folder.parent / "scratch"
    scratch.mkdir()
    return growth_files(settle_growth(files, Q3, floor.premises.book, DuckDB(), scratch))


def service_returns(floor: Floor, bank: Bank) -> list[LoanReturn]:
    return [row.filed for row in returns_of(floor.db, bank.maker) if row.filed.state == "certified"]


def table(header: list[str], rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def test_the_exports_are_file_modes_to_the_byte(settled: Floor, tmp_path: Path) -> None:
    other = settled.another_bank()
    settle_quarters(settled, other, {Q1: "500000.00", Q2: "900000.01", Q3: "1234567.89"}, {Q3: 1_234_000_00})
    draft(settled)
    folder = tmp_path / "filed"
    folder.mkdir()
    certified = [(settled.bank, BASE, 4_000_000_00), (settled.bank, Q1, 4_400_000_00), (settled.bank, Q2, 4_200_000_00)]
    certified += [(settled.bank, Q3, 4_500_000_37), (other, Q3, 1_234_000_00)]
    expected = filed_mode(settled, [settled.bank, other], certified, folder)
    statements = service.statements_of(settled.db, settled.operator, quarter=Q3)
    assert len(statements) == 2
    for name in FILES:
        assert export(settled.db, name, statements) == expected[f"{name}.csv"]


def test_a_draft_on_facts_that_moved_on_is_thrown_away(settled: Floor) -> None:
    drafter = drafting.drafter_of("growth-reward")
    present = PresentDues(settled.db, drafter, Q3, settled.premises)
    stale = drafting._computed(drafter, Q3, settled.premises, present.inputs, present.inputs.dues[0])
    settled.certify_balance(1_00, Q3, document="更正")
    written = database.write(settled.db, lambda db: drafting._write(db, stale, present, NOW, drafting.THE_SERVICE))
    assert written is None
    assert service.statements_of(settled.db, settled.operator) == []


def test_a_quarter_that_is_not_over_is_refused(floor: Floor) -> None:
    with pytest.raises(Refused, match="quarter_not_over"):
        draft(floor, Quarter(2022, 4))


def test_a_statement_to_which_nothing_is_due_any_more_is_withdrawn_and_can_come_back(settled: Floor) -> None:
    draft(settled)
    database.write(settled.db, lambda db: end_local_status(db, settled.bank, date(2022, 9, 1)))
    assert draft(settled).withdrawn == ["GR-2022Q3-01"]
    assert draft(settled).withdrawn == []
    found = service.statement_by_number(settled.db, settled.operator, "GR-2022Q3-01")
    assert (found.state, found.amount) == ("withdrawn", 3_000_00)
    database.write(settled.db, lambda db: end_local_status(db, settled.bank, None))
    assert draft(settled).written == ["GR-2022Q3-01"]
    states = [one.state for one in service.revisions_of(settled.db, settled.operator, "GR-2022Q3-01")]
    assert states == ["draft", "replaced"]


def end_local_status(db: Session, bank: Bank, until: date | None) -> None:
    span = db.exec(select(PartyStatus).where(PartyStatus.party_id == bank.party.id)).one()
    span.until = until


def test_a_decision_on_who_pays_makes_no_statement_outdated(settled: Floor) -> None:
    draft(settled)
    book = settled.premises.book
    scheme = book.scheme("growth-reward")
    decided = Value("payer", "fiscal_shares", date(2022, 1, 1), None, "平财〔2022〕71号", "rule")
    book = book.replacing(scheme.replacing("payer", decided))
    again = drafting.draft_quarter(settled.db, Q3, premises=replace(settled.premises, book=book), at=NOW)
    assert (again.written, again.unchanged) == ([], 1)


def test_a_newer_rate_makes_statements_outdated(settled: Floor) -> None:
    draft(settled)
    book = settled.premises.book
    scheme = book.scheme("growth-reward")
    rate = Value("rate", Decimal("0.02"), date(2022, 1, 1), date(2023, 6, 30), "平财〔2022〕71号", "rule")
    book = book.replacing(scheme.replacing("rate", rate))
    again = drafting.draft_quarter(settled.db, Q3, premises=replace(settled.premises, book=book), at=NOW)
    assert again.written == ["GR-2022Q3-01"]
    assert service.statement_by_number(settled.db, settled.operator, "GR-2022Q3-01").amount == 6_000_01
