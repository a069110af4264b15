"""The fee subsidy's statements in the books: drafted from certified guarantee returns, as file mode settles the same files."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import Session, select

from kernel import database
from kernel.parties.models import Institution
from kernel.periods import Quarter
from kernel.policies import PolicyBook, Value
from settlement.filed.fee_settling import settle_fees
from settlement.filed.settling import FiledInput
from settlement.returns import service as returns_service
from settlement.returns.filing import Upload, file_return
from settlement.returns.sending import send_for_certification
from settlement.statements import service
from settlement.statements.drafting import Drafted, draft_all, draft_quarter
from settlement.statements.fees.explanation import contracts_digest
from settlement.statements.fees.models import FeeContract
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from tests.factories import Visitor, make_institution, make_person, username_of
from tests.settlement.filed.city import City, write_csv
from tests.settlement.filed.guarantors import CONTRACT, EVENTS, contract
from tests.settlement.filing_floor import Bank, Floor

Q2, Q3, Q4 = Quarter(2022, 2), Quarter(2022, 3), Quarter(2022, 4)
LATER, TODAY = datetime(2023, 1, 20, 2, 0, tzinfo=UTC), date(2023, 1, 20)
FEES = "fee-subsidy"
Row = Mapping[str, str]


@dataclass(frozen=True)
class Desk:
    """A government-backed guarantor with its people, beside the bank that lends."""

    floor: Floor
    guarantor: Bank

    def contract(self, **other: str) -> dict[str, str]:
        return contract(**{"lender_code": self.floor.bank.party.code, **other})

    def certified(
        self, quarter: Quarter, rows: list[Row], events: list[tuple[str, str, str, str]] | None = None
    ) -> None:
        """Filed by the maker, certified by the checker."""
        main, beside = self._written(quarter, rows, events or [])
        filed = file_return(
            self.floor.db,
            self.guarantor.maker,
            Upload(main, main.name),
            quarter=quarter,
            premises=self.floor.premises,
            at=LATER,
            today=TODAY,
            events=Upload(beside, beside.name),
        )
        assert filed.row_digest is not None, returns_service.report(self.floor.db, filed).lines()
        number, digest = filed.id or 0, filed.row_digest
        maker, checker = self.guarantor.maker, self.guarantor.checker
        database.write(self.floor.db, lambda db: send_for_certification(db, maker, number, at=LATER))
        database.write(self.floor.db, lambda db: returns_service.certify(db, checker, number, digest=digest, at=LATER))

    def _written(self, quarter: Quarter, rows: list[Row], events: list[tuple[str, str, str, str]]) -> tuple[Path, Path]:
        """The same two files where file mode looks for them."""
        folder = self.floor.folder / "city" / "returns"
        folder.mkdir(parents=True, exist_ok=True)
        main = folder / f"{self.guarantor.party.code}_{quarter}_guarantees.csv"
        beside = folder / f"{self.guarantor.party.code}_{quarter}_guarantee_events.csv"
        write_csv(main, rows, tuple(CONTRACT))
        write_csv(beside, [dict(zip(EVENTS, row, strict=True)) for row in events], EVENTS)
        return main, beside

    def draft(self, quarter: Quarter) -> Drafted:
        return draft_quarter(self.floor.db, quarter, premises=self.floor.premises, at=LATER, scheme=FEES)

    def statement(self, quarter: Quarter) -> Statement:
        (found,) = service.statements_of(self.floor.db, self.floor.operator, quarter=quarter, scheme=FEES)
        return found

    def contracts(self, statement: Statement) -> list[FeeContract]:
        query = select(FeeContract).where(FeeContract.statement_id == statement.id)
        return sorted(self.floor.db.exec(query), key=lambda row: row.place)


@pytest.fixture
def desk(floor: Floor) -> Desk:
    party = make_institution(floor.db, "市弘济融资担保有限公司", region="410402", kind="guarantor", local_from=None)

    def back(db: Session) -> None:
        db.exec(select(Institution).where(Institution.party_id == party.id)).one().government_backed = True

    database.write(floor.db, back)
    maker, checker = make_person(floor.db, party, "maker"), make_person(floor.db, party, "checker", name="周立")
    return Desk(floor, Bank(party, maker, checker))


@pytest.fixture
def filed(desk: Desk) -> Desk:
    """T5's contract, one that a refund brings under the ceiling in the fourth quarter, one that is left out."""
    dear = desk.contract(contract_id="R", borrower_code="ID:R", fee_income="60000.00")
    extra = desk.contract(contract_id="X", borrower_code="ID:X", extra_fees="0.01")
    rows = [desk.contract(), dear, extra]
    desk.certified(Q2, rows)
    desk.certified(Q3, rows)
    desk.certified(Q4, rows, [("R", "2022-11-15", "fee_refund", "10000.00")])
    return desk


def test_a_guarantor_gets_a_statement_with_a_line_for_every_contract(filed: Desk) -> None:
    assert filed.draft(Q2).written == ["FS-2022Q2-01"]
    one = filed.statement(Q2)
    assert (one.amount, one.held, one.reasons) == (3_150_68, True, ["not_adopted"])
    rows = {row.contract_id: row for row in filed.contracts(one)}
    assert (rows["C1"].part, rows["C1"].fee_rate, rows["C1"].gap, rows["C1"].days_in_force) == (
        3_150_68,
        "1/100",
        "1/200",
        46,
    )
    assert {key: row.exclusions for key, row in rows.items()} == {"C1": "", "R": "fee_ceiling", "X": "extra_fees"}
    assert rows["X"].told_zh == "另收其他费用 0.01 元"
    shares = service.shares_of(filed.floor.db, [one])[one.id or 0]
    assert [(share.payer, share.amount) for share in shares] == [("city", 1_575_34), ("410402", 1_575_34)]


def test_a_refund_of_the_fourth_quarter_adjusts_the_earlier_ones_in_a_line_of_its_own(filed: Desk) -> None:
    for quarter in (Q2, Q3, Q4):
        filed.draft(quarter)
    one = filed.statement(Q4)
    lines = [(line.title_zh, line.clause, line.amount) for line in service.lines_of(filed.floor.db, [one])[one.id or 0]]
    assert lines == [("本期 2 笔合同计提", 9, 2 * 6_301_37), ("此前各期调整，1 笔", 9, 9_452_05)]
    assert one.amount == 2 * 6_301_37 + 9_452_05


def test_the_service_and_file_mode_come_to_the_same_fen(filed: Desk) -> None:
    folder = filed.floor.folder / "city"
    listed = City(filed.floor.folder / "registers")
    listed.institutions.clear()
    party = filed.guarantor.party
    listed.add(
        party.code, party.name, party.fiscal_region, kind="guarantor", local_legal_person_from="", government_backed="Y"
    )
    files = FiledInput(folder / "returns", listed.folder / "institutions.csv")
    for quarter in (Q2, Q3, Q4):
        filed.draft(quarter)
        scratch = filed.floor.folder / f"scratch-{quarter}"
        scratch.mkdir()
        (settled,) = settle_fees(files, quarter, filed.floor.premises.book, scratch).assessments
        one = filed.statement(quarter)
        assert (one.amount, one.reasons) == (settled.amount, list(settled.holds))
        assert {row.contract_id: row.part for row in filed.contracts(one)} == {
            line.known.contract_id: line.slice for line in settled.lines
        }
        assert json.loads(one.explanation)["digests"]["return"] == settled.return_digest


def test_the_digest_that_hands_sign_covers_every_contract(filed: Desk) -> None:
    filed.draft(Q2)
    one = filed.statement(Q2)
    kept = json.loads(one.explanation)["contracts"]
    rows = filed.contracts(one)
    assert (kept["count"], kept["digest"]) == (3, contracts_digest(rows))
    rows[0].part += 1
    assert kept["digest"] != contracts_digest(rows)
    filed.floor.db.rollback()


def test_the_statement_names_the_parameters_of_its_own_formula_alone(filed: Desk) -> None:
    filed.draft(Q2)
    names = {one["name"] for one in json.loads(filed.statement(Q2).explanation)["parameters"]}
    assert {"benchmark_rate", "annual_cap", "average_fee_target"} < names
    assert not {name for name in names if name.startswith(("tier_", "pool", "flat_", "average_balance"))}


def test_drafting_again_changes_nothing_until_a_return_is_corrected(filed: Desk) -> None:
    filed.draft(Q2)
    assert (filed.draft(Q2).written, filed.draft(Q2).unchanged) == ([], 1)
    filed.certified(Q2, [filed.contract()])
    assert outdated(filed.floor.db, [filed.statement(Q2)], filed.floor.premises)
    filed.draft(Q2)
    one = filed.statement(Q2)
    assert (one.number, one.revision, one.amount) == ("FS-2022Q2-01", 2, 3_150_68)
    assert [row.contract_id for row in filed.contracts(one)] == ["C1"]


def test_without_a_certified_return_the_amount_is_unknown_and_held(desk: Desk) -> None:
    desk.draft(Q2)
    one = desk.statement(Q2)
    assert (one.amount, one.reasons) == (None, ["return_missing", "not_adopted"])


def _adopted(book: PolicyBook) -> PolicyBook:
    document = Value("adopted_by", "平财金〔2022〕30号", date(2022, 5, 24), None, "平财金〔2022〕30号", "rule")
    return book.replacing(book.scheme(FEES).replacing("adopted_by", document))


def test_a_document_that_adopts_the_scheme_releases_the_statement(filed: Desk) -> None:
    filed.draft(Q2)
    premises = type(filed.floor.premises)(**{**vars(filed.floor.premises), "book": _adopted(filed.floor.premises.book)})
    draft_quarter(filed.floor.db, Q2, premises=premises, at=LATER, scheme=FEES)
    one = filed.statement(Q2)
    assert (one.revision, one.amount, one.held) == (2, 3_150_68, False)


def test_a_formula_over_whole_years_leaves_no_earlier_quarter_standing(filed: Desk) -> None:
    filed.draft(Q2)
    book = filed.floor.premises.book
    formula = Value("formula", "tier_rate", date(2022, 1, 1), None, "平财金〔2022〕31号", "rule")
    yearly = book.replacing(book.scheme(FEES).replacing("formula", formula))
    premises = type(filed.floor.premises)(**{**vars(filed.floor.premises), "book": yearly})
    one = filed.statement(Q2)
    assert outdated(filed.floor.db, [one], premises) == {one.id}


def test_drafting_a_quarter_under_every_scheme_drafts_the_guarantors_too(filed: Desk) -> None:
    assert "FS-2022Q3-01" in draft_all(filed.floor.db, Q3, premises=filed.floor.premises, at=LATER).written


def test_the_page_shows_contracts_finds_one_and_lists_those_left_out(app: Flask, filed: Desk) -> None:
    filed.draft(Q2)
    client = Visitor(app, username_of(filed.floor.db, filed.guarantor.checker))
    page = client.get("/statements/FS-2022Q2-01").text
    assert "5,000,000.00 × 46 ÷ 365 × (1.5% − 1%) = 3,150.68" in page
    assert "年化费率 1.2%，超过 1%" in page
    left_out = client.get("/statements/FS-2022Q2-01?left_out=1").text
    assert "5,000,000.00 × 46" not in left_out
    assert "另收其他费用 0.01 元" in left_out
    english = client.get("/statements/FS-2022Q2-01?wanted=R&lang=en").text
    assert "Annualised fee 1.2%, over 1%" in english
    assert "Other fees of" not in english


def test_the_contracts_travel_as_json_a_page_at_a_time(app: Flask, filed: Desk) -> None:
    filed.draft(Q2)
    visitor = Visitor(app, username_of(filed.floor.db, filed.guarantor.maker))
    whole = visitor.send("GET", "/statements/FS-2022Q2-01/contracts?per_page=1").get_json()
    assert (whole["total"], whole["pages"], whole["items"][0]["part"]) == (3, 3, "3150.68")
    left_out = visitor.send("GET", "/statements/FS-2022Q2-01/contracts?left_out=true&wanted=X").get_json()["items"]
    assert [(one["contract_id"], one["exclusions"], one["told_en"]) for one in left_out] == [
        ("X", ["extra_fees"], "Other fees of 0.01 yuan were charged")
    ]


def test_another_guarantors_statement_is_the_same_as_none(app: Flask, filed: Desk) -> None:
    filed.draft(Q2)
    stranger = make_person(
        filed.floor.db, make_institution(filed.floor.db, "别家担保", kind="guarantor", local_from=None), "maker"
    )
    visitor = Visitor(app, username_of(filed.floor.db, stranger))
    assert visitor.get("/statements/FS-2022Q2-01").status_code == 404
