"""A bank with its people, its returns as CSV, and the service's own places, for tests of returns and statements."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.accounts.service import Caller
from kernel.parties.models import Party
from kernel.periods import Quarter
from settlement.certified_balances.service import Figure, record_balance
from settlement.engine.cache import FolderCache
from settlement.returns.filing import Premises, Upload, file_return
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn
from settlement.returns.sending import send_for_certification
from settlement.returns.service import certify
from tests.factories import NOW, make_bureau, make_institution, make_person

TODAY = date(2022, 10, 20)
Q3 = Quarter(2022, 3)
Q2 = Quarter(2022, 2)

LOAN = {
    "loan_id": "SH0001",
    "borrower_code": "91410402MA0000015P",
    "borrower_name": "锦程机械有限公司",
    "borrower_kind": "small",
    "region": "410402",
    "credit_line": "5000000.00",
    "balance": "1000000.00",
    "annual_rate": "4.35",
    "start_date": "2021-03-01",
    "maturity_date": "2024-03-01",
    "guarantee_kind": "credit",
    "classification": "normal",
    "purpose": "operating",
    "product_kind": "loan",
}


def loan(number: int = 1, **changed: str) -> dict[str, str]:
    """One good row; every number is a loan and a borrower of its own."""
    return {**LOAN, "loan_id": f"SH{number:04d}", "borrower_code": f"ID:{number:06d}", **changed}


def csv_of(rows: Iterable[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    """The rows as the bytes of a CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(LOAN), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


@dataclass(frozen=True)
class Bank:
    """An institution with a maker and a checker."""

    party: Party
    maker: Caller
    checker: Caller


@dataclass(frozen=True)
class Floor:
    """The books, the places, one bank, and the central bank's officer and the bureau's operator."""

    db: Session
    premises: Premises
    folder: Path
    bank: Bank
    officer: Caller
    operator: Caller

    def another_bank(self, name: str = "香山农村商业银行", region: str = "410421") -> Bank:
        return make_bank(self.db, name, region)

    def file(self, rows: Iterable[Mapping[str, str]], quarter: Quarter = Q3, bank: Bank | None = None) -> LoanReturn:
        return self.file_bytes(csv_of(rows), quarter=quarter, bank=bank)

    def file_bytes(
        self, content: bytes, name: str = "loans.csv", quarter: Quarter = Q3, bank: Bank | None = None
    ) -> LoanReturn:
        source = self.folder / "upload"
        source.write_bytes(content)
        maker = (bank or self.bank).maker
        return file_return(
            self.db, maker, Upload(source, name), quarter=quarter, premises=self.premises, at=NOW, today=TODAY
        )

    def send(self, filed: LoanReturn, bank: Bank | None = None) -> LoanReturn:
        maker, number = (bank or self.bank).maker, filed.id or 0
        return database.write(self.db, lambda db: send_for_certification(db, maker, number, at=NOW))

    def certify(self, filed: LoanReturn, bank: Bank | None = None) -> LoanReturn:
        """Sent by the maker, certified by the checker."""
        self.send(filed, bank)
        checker = (bank or self.bank).checker
        assert filed.id is not None
        digest, number = filed.row_digest or "", filed.id
        return database.write(self.db, lambda db: certify(db, checker, number, digest=digest, at=NOW))

    def certify_balance(
        self, fen: int, quarter: Quarter = Q3, bank: Bank | None = None, document: str = "10-14"
    ) -> None:
        figure = Figure((bank or self.bank).party.code, quarter, fen, document)
        book = self.premises.book
        database.write(self.db, lambda db: record_balance(db, self.officer, figure, book=book, at=NOW, today=TODAY))


def make_bank(db: Session, name: str = "沙河农村商业银行", region: str = "410411") -> Bank:
    party = make_institution(db, name, region=region)
    return Bank(party, make_person(db, party, "maker"), make_person(db, party, "checker", name="周立"))


def make_floor(app: Flask, db: Session, folder: Path) -> Floor:
    keeping = Keeping(folder / "returns")
    cache, intake = FolderCache(folder / "sums"), app.extensions["intake"]
    premises = Premises(keeping, app.extensions["policies"], cache, intake)
    finance, central = make_bureau(db), make_bureau(db, "人民银行市中心支行")
    return Floor(
        db=db,
        premises=premises,
        folder=folder,
        bank=make_bank(db),
        officer=make_person(db, central, "central_bank_officer", name="乔安"),
        operator=make_person(db, finance, "operator", name="苏岩"),
    )
