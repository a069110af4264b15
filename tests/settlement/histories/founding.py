"""How the town is founded: everything entered through its service, what is filed read in this process because nobody attacks here."""

import csv
import io
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from kernel import database
from kernel.accounts import service as accounts
from kernel.accounts.service import Caller, caller_for, hash_password
from kernel.audit.service import THE_SERVICE
from kernel.parties.models import Institution, Party
from kernel.periods import Quarter
from kernel.workdays import WorkCalendar
from settlement.awards import evidence
from settlement.awards import service as awards
from settlement.awards.judging import StatedClaim
from settlement.certified_balances.service import Figure, record_balance
from settlement.engine.cache import FolderCache
from settlement.event_awards import FactValue, kind_of
from settlement.payments.appropriations import check_appropriation, propose_appropriation
from settlement.payments.payees import AccountDetails, check_payee, propose_payee
from settlement.payments.rules import payment_rules
from settlement.returns.archive import Archive
from settlement.returns.filing import Premises, Upload, file_return
from settlement.returns.findings import Intake
from settlement.returns.intake import intake
from settlement.returns.keeping import Keeping
from settlement.returns.sending import send_for_certification
from settlement.returns.service import certify
from tests.factories import make_bureau, make_enterprise, make_institution
from tests.settlement.filed.guarantors import CONTRACT, EVENTS, contract
from tests.settlement.filing_floor import csv_of, loan
from tests.settlement.histories.town import (
    AT,
    BEGINS,
    BUDGET,
    CORRECTED,
    COUNTY,
    ENTRY,
    HANDS,
    INNER,
    LONG_AGO,
    NEXT_DOOR,
    PAYERS,
    PDF,
    QUARTERS,
    RAISED,
    REFINANCING,
    SETTLED,
    WHOLE,
    Office,
    Pending,
    Town,
    decided_book,
)

_numbers = itertools.count(1)


def make_town(db: Session, folder: Path) -> Town:
    """Enter everything; what is filed is read in this process, because nobody attacks here."""
    return _Founding(db, folder).found()


class _ReadOnce:
    """Reads a file of loans once, however many quarters it is filed for."""

    def __init__(self) -> None:
        self.read: dict[bytes, tuple[Intake, bytes]] = {}

    def __call__(self, source: Path, *, into: Path, quarter: Quarter, **options: Any) -> Intake:
        content = source.read_bytes()
        if options["events"] is not None:
            return intake(source, into=into, quarter=quarter, **options)
        if content not in self.read:
            self.read[content] = (intake(source, into=into, quarter=quarter, **options), into.read_bytes())
        found, tape = self.read[content]
        into.write_bytes(tape)
        return replace(found, quarter=quarter)


class _Founding:
    """The steps of `make_town`, each through its service."""

    def __init__(self, db: Session, folder: Path) -> None:
        self.db, self.folder = db, folder
        self.premises = Premises(Keeping(folder / "returns"), decided_book(), FolderCache(folder / "sums"), _ReadOnce())
        self.password = hash_password("Correct-Horse-7")

    def person(self, party: Party, role: str) -> Caller:
        """Somebody who never signs in: the password is digested once for all."""

        def work(db: Session) -> int:
            made = accounts.create_account(
                db,
                username=f"{role}{next(_numbers)}t",
                name="赵敏",
                password="Correct-Horse-7",
                password_digest=self.password,
                organisation=party,
                role=role,
                at=AT,
                by=THE_SERVICE,
            )
            return made.id or 0

        found = caller_for(self.db, database.write(self.db, work))
        assert found is not None
        return found

    def office(self, party: Party) -> Office:
        return Office(party, self.person(party, "maker"), self.person(party, "checker"))

    def found(self) -> Town:
        finance, central, industry = (make_bureau(self.db, name) for name in ("市财政局", "人民银行", "市工信局"))
        banks = (
            self.office(make_institution(self.db, "沙河农村商业银行", region=INNER)),
            self.office(make_institution(self.db, "香山农村商业银行", region=COUNTY)),
        )
        guarantor = make_institution(self.db, "弘济融资担保", region=NEXT_DOOR, kind="guarantor", local_from=None)
        database.write(self.db, lambda db: _back(db, guarantor))
        firm = make_enterprise(self.db, "锦程机械有限公司", region=INNER)
        hands = {role: self.person(finance, role) for role in HANDS}
        officer = self.person(central, "central_bank_officer")
        owner = self.person(firm, "owner")
        corrections = (*self.file_loans(banks), *self.file_contracts(self.office(guarantor), banks[0]))
        self.certify_figures(officer, banks)
        holders = (*(one.party.code for one in banks), guarantor.code, firm.code)
        self.open_accounts(hands, (*holders, *PAYERS))
        return Town(
            premises=self.premises,
            folder=self.folder,
            banks=banks,
            hands=hands,
            second=self.person(finance, "operator"),
            officer=officer,
            industry=self.person(industry, "industry_officer"),
            owner=owner,
            corrections=corrections,
            claims=tuple(self.file_claims(owner)),
            holders=holders,
        )

    def file_loans(self, banks: Sequence[Office]) -> Iterator[Pending]:
        for number, bank in enumerate(banks):
            for place, quarter in enumerate(QUARTERS):
                self.certified(bank, quarter, csv_of(_loans(number, WHOLE)))
                if place in CORRECTED:
                    fen = CORRECTED[place]
                    sent = self.sent(bank, quarter, csv_of(_loans(number, fen)))
                    yield Pending(*sent, bank.checker, (number, place), fen)

    def file_contracts(self, guarantor: Office, bank: Office) -> Iterator[Pending]:
        """T5's contract in two quarters; the fee of the later one is found to have been refunded in part."""
        rows = [contract(lender_code=bank.party.code)]
        for quarter in SETTLED[1:]:
            self.certified(guarantor, quarter, _contracts(rows), events=_events([]))
        refund = _events([("C1", "2022-08-15", "fee_refund", "10000.00")])
        sent = self.sent(guarantor, SETTLED[2], _contracts(rows), events=refund)
        yield Pending(*sent, guarantor.checker, None, 0)

    def sent(self, office: Office, quarter: Quarter, content: bytes, events: bytes | None = None) -> tuple[int, str]:
        """Filed and sent by the maker."""
        filed = file_return(
            self.db,
            office.maker,
            self.upload("return.csv", content),
            quarter=quarter,
            premises=self.premises,
            at=AT,
            today=BEGINS,
            events=None if events is None else self.upload("events.csv", events),
        )
        number = filed.id or 0
        assert filed.row_digest is not None
        database.write(self.db, lambda db: send_for_certification(db, office.maker, number, at=AT))
        return number, filed.row_digest

    def upload(self, name: str, content: bytes) -> Upload:
        path = self.folder / name
        path.write_bytes(content)
        return Upload(path, name)

    def certified(self, office: Office, quarter: Quarter, content: bytes, **more: Any) -> None:
        number, digest = self.sent(office, quarter, content, **more)
        database.write(self.db, lambda db: certify(db, office.checker, number, digest=digest, at=AT))

    def certify_figures(self, officer: Caller, banks: Sequence[Office]) -> None:
        """Everybody has grown by nothing so far."""

        def work(db: Session) -> None:
            for bank, quarter in itertools.product(banks, QUARTERS):
                figure = Figure(bank.party.code, quarter, WHOLE, "平银发1号")
                record_balance(db, officer, figure, book=self.premises.book, at=AT, today=BEGINS)

        database.write(self.db, work)

    def open_accounts(self, hands: Mapping[str, Caller], holders: Sequence[str]) -> None:
        rules = payment_rules(self.premises.book, BEGINS)
        details = AccountDetails("户名", "6222000011112222", "建设银行", "105495000018", "函1号")
        operator, reviewer = hands["operator"], hands["reviewer"]

        def work(db: Session) -> None:
            for holder in holders:
                row = propose_payee(db, operator, holder, details, at=AT)
                check_payee(db, reviewer, row, accept=True, rules=rules, calendar=WorkCalendar(), at=AT, today=LONG_AGO)
            for payer in PAYERS:
                said = {"payer": payer, "budget_year": 2022, "amount": BUDGET, "document": "预1号"}
                one = propose_appropriation(db, operator, **said, at=AT)  # type: ignore[arg-type]
                check_appropriation(db, reviewer, one, accept=True, at=AT, today=BEGINS)

        database.write(self.db, work)

    def file_claims(self, owner: Caller) -> Iterator[int]:
        """One first entry that is claimed twice, and rounds of refinancing around the yearly cap; all wait to be decided."""
        stated: list[tuple[str, dict[str, FactValue]]] = [
            (ENTRY, {"was_in_register": False, "revenue": 49_000_000_00}),
            (ENTRY, {"was_in_register": False, "revenue": 49_000_000_01}),
            *((REFINANCING, _round(number, fen)) for number, fen in enumerate(RAISED)),
        ]
        archive = Archive(self.folder / "evidence")
        for scheme, facts in stated:
            said = StatedClaim(scheme, date(2022, 8, 1), "", facts)
            yield self.claim(owner, said, archive)

    def claim(self, owner: Caller, said: StatedClaim, archive: Archive) -> int:
        draft = {"book": self.premises.book, "at": AT, "today": BEGINS}
        claim = database.write(self.db, lambda db: awards.draft(db, owner, said, **draft))  # type: ignore[arg-type]
        number = claim.id or 0
        for asked in kind_of(said.scheme).evidence:
            source = self.upload("paper.pdf", PDF + asked.code.encode()).source
            paper = evidence.SentPaper(asked.code, "材料.pdf", source)
            evidence.attach(self.db, owner, number, paper, archive, at=AT)
        database.write(self.db, lambda db: awards.move(db, owner, number, "file", **draft))  # type: ignore[arg-type]
        return number


def _back(db: Session, guarantor: Party) -> None:
    row = db.exec(select(Institution).where(Institution.party_id == guarantor.id)).one()
    row.government_backed = True


def _loans(bank: int, fen: int) -> list[dict[str, str]]:
    """Four loans that come to so many fen, to borrowers of the bank's own."""
    parts = [fen // 4] * 3
    parts.append(fen - sum(parts))
    rows = enumerate(parts, start=10 * bank + 1)
    return [loan(number, balance=f"{part // 100}.{part % 100:02d}", credit_line="10000000.00") for number, part in rows]


def _round(number: int, raised: int) -> dict[str, FactValue]:
    return {"is_listed_there": True, "round": str(number), "raised": raised, "invested_here": raised}


def _contracts(rows: Sequence[Mapping[str, str]]) -> bytes:
    return _csv(tuple(CONTRACT), rows)


def _events(rows: Sequence[tuple[str, str, str, str]]) -> bytes:
    return _csv(EVENTS, [dict(zip(EVENTS, row, strict=True)) for row in rows])


def _csv(names: Sequence[str], rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()
