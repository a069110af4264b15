"""Guarantee returns in the books: filed with their events, certified by a second person, read for the subsidy, nobody else's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import col

from kernel import database
from kernel.errors import Invalid, NotFound, Refused
from kernel.periods import Quarter
from kernel.tables.faults import FileRefused
from settlement.fee_subsidy.contracts import GuaranteeEvent
from settlement.returns import repairing, service
from settlement.returns.comparing import difference_view
from settlement.returns.filing import Upload, file_return
from settlement.returns.guarantee_rows import read_guarantees
from settlement.returns.kinds import GUARANTEES, LOANS
from settlement.returns.mending import mending
from settlement.returns.models import LoanReturn
from settlement.returns.sending import send_for_certification
from tests.factories import NOW, make_institution, make_person
from tests.settlement.filing_floor import TODAY, Bank, Floor, csv_of, loan
from tests.settlement.returns.guarantee_files import Q2, Q3, Row, contract, event, write


@dataclass(frozen=True)
class Backer:
    """A guarantor with its people, on the floor of a bank that lends."""

    floor: Floor
    guarantor: Bank

    def contract(self, number: int, **other: str) -> Row:
        return contract(number, **{"lender_code": self.floor.bank.party.code, **other})

    def file(
        self,
        rows: Sequence[Mapping[str, str]],
        events: Sequence[Mapping[str, str]] | None = None,
        quarter: Quarter = Q3,
    ) -> LoanReturn:
        folder = self.floor.folder
        beside = write(folder, events, events=True) if events is not None else None
        return file_return(
            self.floor.db,
            self.guarantor.maker,
            Upload(write(folder, rows), "担保.csv"),
            quarter=quarter,
            premises=self.floor.premises,
            at=NOW,
            today=TODAY,
            events=Upload(beside, "事项.csv") if beside else None,
        )

    def certify(self, filed: LoanReturn) -> LoanReturn:
        number, digest = filed.id or 0, filed.row_digest or ""
        maker, checker = self.guarantor.maker, self.guarantor.checker
        database.write(self.floor.db, lambda db: send_for_certification(db, maker, number, at=NOW))
        return database.write(self.floor.db, lambda db: service.certify(db, checker, number, digest=digest, at=NOW))


@pytest.fixture
def backer(floor: Floor) -> Backer:
    return make_backer(floor)


def make_backer(floor: Floor, name: str = "市弘济融资担保有限公司") -> Backer:
    party = make_institution(floor.db, name, region="410402", kind="guarantor", local_from=None)
    maker, checker = make_person(floor.db, party, "maker"), make_person(floor.db, party, "checker", name="周立")
    return Backer(floor, Bank(party, maker, checker))


def test_contracts_and_events_become_one_version_with_one_digest(backer: Backer) -> None:
    filed = backer.file([backer.contract(1), backer.contract(2, outstanding="4000000.00")], [event(2)])
    assert (filed.kind, filed.version, filed.state, filed.rows, filed.events) == ("guarantees", 1, "filed", 2, 1)
    assert (filed.total, filed.eligible, filed.borrowers) == (9_000_000_00, None, 2)
    assert (filed.file_name, filed.events_name) == ("担保.csv", "事项.csv")
    keeping = backer.floor.premises.keeping
    assert filed.row_digest is not None
    assert filed.events_digest is not None
    assert keeping.archive.has(filed.bytes_digest)
    assert keeping.archive.has(filed.events_digest)
    assert keeping.tape(filed.row_digest).exists()
    assert keeping.events(filed.row_digest).exists()


def test_errors_of_both_files_are_kept_with_their_file(backer: Backer) -> None:
    filed = backer.file([backer.contract(1, amount="0")], [event(9)])
    assert (filed.state, filed.row_digest, filed.errors) == ("refused", None, 3)
    lines = service.report(backer.floor.db, filed).lines()
    assert {(line.file, line.row, line.column, line.rule) for line in lines if line.severity == "error"} == {
        ("担保.csv", 2, "amount", "out_of_range"),
        ("担保.csv", 2, "outstanding", "over_amount"),
        ("事项.csv", 2, "contract_id", "unknown_contract"),
    }


def test_the_same_two_files_again_are_no_new_version_and_other_events_are(backer: Backer) -> None:
    rows = [backer.contract(1, outstanding="4000000.00")]
    first = backer.file(rows, [event(1)])
    assert backer.file(rows, [event(1)]).id == first.id
    second = backer.file(rows, [event(1, day="2022-08-16")])
    assert (second.version, second.bytes_digest) == (2, first.bytes_digest)
    assert second.row_digest != first.row_digest


def test_a_second_person_certifies_and_a_newer_version_takes_its_place(backer: Backer) -> None:
    first = backer.certify(backer.file([backer.contract(1)]))
    assert (first.state, first.certified_by) == ("certified", backer.guarantor.checker.account_id)
    second = backer.certify(backer.file([backer.contract(1), backer.contract(2)]))
    backer.floor.db.refresh(first)
    assert (first.state, second.state) == ("superseded", "certified")


def test_a_lender_that_is_not_on_the_register_is_refused_and_so_is_a_guarantor(backer: Backer) -> None:
    filed = backer.file([backer.contract(1, lender_code=backer.guarantor.party.code), contract(2)])
    found = service.report(backer.floor.db, filed)
    assert [(one.row, one.rule.code) for one in found.errors.listed] == [(2, "unknown_lender"), (3, "unknown_lender")]


def test_the_next_quarter_is_judged_beside_the_last_one_and_all_earlier_events(backer: Backer) -> None:
    first = [event(1, "fee_refund", "30000.00", "2022-06-15")]
    backer.certify(backer.file([backer.contract(1), backer.contract(2)], first, Q2))
    filed = backer.file([backer.contract(1)], [event(1, "fee_refund", "20000.01")])
    found = service.report(backer.floor.db, filed)
    assert [one.rule.code for one in found.errors.listed] == ["refunds_over_fee"]
    assert [(one.rule.code, one.loan_id) for one in found.warnings.listed] == [("contract_vanished", "HJ00000002")]
    assert found.roll_forward is not None
    assert (found.roll_forward.previous, found.roll_forward.left) == (10_000_000_00, 5_000_000_00)


def test_the_subsidy_reads_the_certified_rows_with_their_digest(backer: Backer) -> None:
    rows = [backer.contract(2, outstanding="4000000.00", share="80", first_loan="Y"), backer.contract(1)]
    backer.certify(backer.file(rows, [event(2)]))
    backer.file([*rows, backer.contract(3)], [event(2)])
    [filed] = service.certified_returns(backer.floor.db, [Q3], kind="guarantees")
    keeping, digest = backer.floor.premises.keeping, filed.row_digest or ""
    found = read_guarantees(Q3, keeping.tape(digest), keeping.events(digest), digest)
    assert (found.quarter, found.digest, filed.version) == (Q3, digest, 1)
    assert found.events == (GuaranteeEvent("HJ00000002", date(2022, 8, 15), "repayment", 1_000_000_00),)
    one, two = found.contracts
    assert (one.contract_id, one.amount, one.start, one.end) == (
        "HJ00000001",
        5_000_000_00,
        date(2022, 5, 16),
        date(2023, 5, 16),
    )
    assert (two.outstanding, two.share, two.first_loan, two.released_on) == (4_000_000_00, 800_000, True, None)


def test_everybody_files_their_own_kind(backer: Backer) -> None:
    floor = backer.floor
    path = write(floor.folder, [backer.contract(1)])
    for maker, kind in ((floor.bank.maker, GUARANTEES), (backer.guarantor.maker, LOANS)):
        with pytest.raises(Refused, match="other_kind_of_return"):
            file_return(
                floor.db,
                maker,
                Upload(path, "x.csv"),
                quarter=Q3,
                premises=floor.premises,
                at=NOW,
                today=TODAY,
                kind=kind,
            )
    with pytest.raises(FileRefused):
        floor.file_bytes(path.read_bytes())


def test_a_loan_return_has_no_file_beside_it(floor: Floor) -> None:
    path = floor.folder / "loans.csv"
    path.write_bytes(csv_of([loan(1)]))
    with pytest.raises(Refused, match="no_file_beside"):
        file_return(
            floor.db,
            floor.bank.maker,
            Upload(path, "loans.csv"),
            quarter=Q3,
            premises=floor.premises,
            at=NOW,
            today=TODAY,
            events=Upload(path, "events.csv"),
        )


def test_an_unreadable_events_file_takes_no_version_number(backer: Backer) -> None:
    floor, unreadable = backer.floor, backer.floor.folder / "unreadable.csv"
    unreadable.write_text("合同号,金额（万元）\nHJ1,2\n", encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        file_return(
            floor.db,
            backer.guarantor.maker,
            Upload(write(floor.folder, [backer.contract(1)]), "担保.csv"),
            quarter=Q3,
            premises=floor.premises,
            at=NOW,
            today=TODAY,
            events=Upload(unreadable, "事项.csv"),
        )
    assert {(fault.file, fault.rule) for fault in refused.value.faults} == {
        ("事项.csv", "unit_ten_thousand"),
        ("事项.csv", "column_missing"),
    }
    assert service.returns_of(backer.floor.db, backer.guarantor.maker, kind=None) == []


def test_guarantors_report_from_the_quarter_end_before_contracts_count_and_without_an_end(backer: Backer) -> None:
    backer.file([backer.contract(1, start_date="2021-11-01")], quarter=Quarter(2021, 4))
    with pytest.raises(Refused, match="quarter_not_reported"):
        backer.file([backer.contract(1)], quarter=Quarter(2021, 3))
    with pytest.raises(Refused, match="quarter_not_over"):
        backer.file([backer.contract(1)], quarter=Quarter(2022, 4))


def test_guarantee_returns_are_not_taken_for_loan_returns(backer: Backer) -> None:
    floor = backer.floor
    backer.certify(backer.file([backer.contract(1)]))
    floor.certify(floor.file([loan(1)]))
    assert [one.kind for one in service.certified_returns(floor.db, [Q3])] == ["loans"]
    assert [one.kind for one in service.certified_returns(floor.db, [Q3], kind="guarantees")] == ["guarantees"]
    assert [row.filed.kind for row in service.returns_of(floor.db, floor.operator)] == ["loans"]
    assert {row.filed.kind for row in service.returns_of(floor.db, floor.operator, kind=None)} == {
        "loans",
        "guarantees",
    }


def test_another_guarantors_return_is_the_same_as_none(backer: Backer) -> None:
    filed, other = backer.file([backer.contract(1)]), make_backer(backer.floor, "诚笕融资担保有限公司")
    for caller in (other.guarantor.maker, other.guarantor.checker, backer.floor.bank.maker):
        with pytest.raises(NotFound):
            service.return_by_id(backer.floor.db, caller, filed.id or 0)
        assert service.returns_of(backer.floor.db, caller, kind=None) == []


@pytest.mark.both_databases
def test_the_books_keep_events_to_guarantees_and_their_bytes(floor: Floor) -> None:
    filed = floor.file([loan(1)])
    for changed in ({"events_digest": "0" * 64}, {"events_name": "x.csv"}, {"kind": "leases"}):
        change = update(LoanReturn).where(col(LoanReturn.id) == filed.id).values(**changed)
        with pytest.raises(IntegrityError), floor.db.begin_nested():
            floor.db.execute(change)


def test_a_mended_contract_makes_the_next_version_with_the_same_events(backer: Backer) -> None:
    rows = [backer.contract(1, outstanding="4000000.00"), backer.contract(2, end_date="2022-05-01")]
    floor, maker = backer.floor, backer.guarantor.maker
    refused = backer.file(rows, [event(1), event(2, "fee_refund", "1.00")])
    number = refused.id or 0
    with pytest.raises(Invalid):
        database.write(
            floor.db,
            lambda db: repairing.mend(db, maker, number, row=3, column="end_date", value="2022-05-16", at=NOW),
        )
    database.write(
        floor.db, lambda db: repairing.mend(db, maker, number, row=3, column="end_date", value="2023-05-16", at=NOW)
    )
    repairs = repairing.repairs_to_file(floor.db, maker, number)
    filed = repairing.file_repaired(floor.db, maker, number, repairs, premises=floor.premises, at=NOW, today=TODAY)
    assert (filed.version, filed.state, filed.kind, filed.events, filed.repaired_from_id) == (
        2,
        "filed",
        "guarantees",
        2,
        number,
    )
    assert filed.events_digest == refused.events_digest


def test_a_wrong_event_is_mended_in_its_own_file(backer: Backer) -> None:
    refused = backer.file([backer.contract(1)], [event(9)])
    found = mending(service.report(backer.floor.db, refused).errors, [])
    assert (found.groups, found.left) == ((), 0)
    maker, number = backer.guarantor.maker, refused.id or 0
    with pytest.raises(Refused, match="no_such_cell"):
        database.write(
            backer.floor.db,
            lambda db: repairing.mend(db, maker, number, row=2, column="contract_id", value="HJ1", at=NOW),
        )


def test_what_changed_between_two_versions_is_told_contract_by_contract(backer: Backer) -> None:
    backer.certify(backer.file([backer.contract(1), backer.contract(2)]))
    newer = backer.file([backer.contract(2, fee_income="40,000"), backer.contract(3)])
    floor = backer.floor
    view = difference_view(floor.db, backer.guarantor.checker, newer.id or 0, floor.premises.keeping, 1)
    found = view.difference
    assert (found.added, found.left_out, found.changed) == (1, 1, 1)
    changed = next(change for change in found.changes if change.cells)
    assert (changed.loan_id, [(cell.column, cell.old, cell.new) for cell in changed.cells]) == (
        "HJ00000002",
        [("fee_income", "50000.00", "40000.00")],
    )
    assert view.heading("fee_income") == GUARANTEES.sheet.column["fee_income"].heading


def test_the_same_files_are_taken_again_once_the_books_that_refused_them_were_mended(backer: Backer) -> None:
    backer.certify(backer.file([backer.contract(1)], [event(1, "fee_refund", "30000.00", "2022-06-15")], Q2))
    rows, refund = [backer.contract(1)], [event(1, "fee_refund", "20000.01")]
    refused = backer.file(rows, refund)
    assert backer.file(rows, refund).state == "refused"
    backer.certify(backer.file([backer.contract(1)], [event(1, "fee_refund", "3000.00", "2022-06-15")], Q2))
    filed = backer.file(rows, refund)
    assert (refused.state, filed.state, filed.bytes_digest) == ("refused", "filed", refused.bytes_digest)
