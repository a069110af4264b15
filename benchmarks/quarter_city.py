"""A made-up city whose banks have all filed and certified one quarter, as books that can be copied: as many banks as wanted."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
from sqlalchemy import Engine, create_engine
from sqlmodel import Session

from benchmarks.settlement_tapes import CELLS
from config import migrating
from config.demonstration.codes import COMPANY, OFFICE, credit_code
from kernel import database
from kernel.accounts.models import Account
from kernel.database import engine_options, prepare
from kernel.parties.models import Institution
from kernel.parties.service import StatusSpan, enter_party, record_statuses
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement.certified_balances.models import CertifiedBalance
from settlement.engine.balances import Tape, reconciliations
from settlement.engine.cache import FolderCache, MemoryCache
from settlement.engine.definition import definition_in_force
from settlement.engine.machines import DuckDB
from settlement.engine.tape import LOAN_LAYOUT, LOAN_TAPE, row_digest
from settlement.returns.filing import Premises
from settlement.returns.keeping import Keeping
from settlement.returns.models import LoanReturn

BOOK = PolicyBook.load(Path(__file__).parents[1] / "config" / "policies")
QUARTER = Quarter(2022, 3)
AT = datetime(2022, 10, 20, 1, 0, tzinfo=UTC)
ROWS = 500
REGIONS = ("410402", "410403", "410411", "410421", "410422", "410482")


@dataclass(frozen=True)
class FiledCity:
    """Books in which every bank's return and figures of the quarter are certified, and nothing is computed yet."""

    folder: Path
    banks: int

    @property
    def books(self) -> Path:
        return self.folder / "yinqi.db"

    def premises(self, sums: Path) -> Premises:
        """With sums that are not worked out yet."""
        return Premises(Keeping(self.folder / "returns"), BOOK, FolderCache(sums))

    def copied(self, into: Path) -> Engine:
        """The books as they were filed, for one round."""
        into.mkdir(parents=True)
        shutil.copy(self.books, into / "yinqi.db")
        return open_books(into / "yinqi.db")


def open_books(path: Path) -> Engine:
    options = engine_options(f"sqlite:///{path}")
    engine = create_engine(options.pop("url"), **options)
    prepare(engine)
    return engine


def make_city(folder: Path, banks: int) -> FiledCity:
    """The city on SQLite; every bank files as many rows, of loans that no other bank has."""
    folder.mkdir(parents=True)
    city = FiledCity(folder, banks)
    migrating.upgrade(f"sqlite:///{city.books}")
    engine = open_books(city.books)
    with Session(engine, expire_on_commit=False) as db:
        filed = _tapes(folder, banks)
        database.write(db, lambda db: _banks(db, filed, _officials(db)))
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    engine.dispose()
    return city


def _officials(db: Session) -> tuple[int, int]:
    """Two people in whose names everything was filed and certified."""
    bureau = enter_party(
        db, code=credit_code(OFFICE, "410402", 1), name="市财政局", kind="bureau", fiscal_region="410402", at=AT
    )
    rows = [
        Account(
            username=f"hand{number}",
            name="经手人",
            organisation_id=bureau.id or 0,
            role="operator",
            password_digest="-",
            stamp="-",
            created_at=AT,
        )
        for number in (1, 2)
    ]
    db.add_all(rows)
    db.flush()
    return rows[0].id or 0, rows[1].id or 0


def _tapes(folder: Path, banks: int) -> list[tuple[str, int]]:
    """The digest and the eligible balance (fen) of each bank's return, its tape kept."""
    keeping, made, digests = Keeping(folder / "returns"), folder / "made.parquet", []
    columns = ", ".join(f"({CELLS[column.name]})::{column.sql_type} AS {column.name}" for column in LOAN_TAPE)
    order = ", ".join(LOAN_LAYOUT.sorted_by)
    with duckdb.connect() as connection:
        for number in range(banks):
            source = f"range({number * ROWS}, {(number + 1) * ROWS}) AS loan(i)"
            connection.execute(f"COPY (SELECT {columns} FROM {source} ORDER BY {order}) TO '{made}' (FORMAT parquet)")
            digests.append(row_digest(connection, made))
            keeping.keep_tape(made, digests[-1])
    tapes = [Tape(keeping.tape(digest), digest) for digest in digests]
    found = reconciliations(tapes, definition_in_force(BOOK, QUARTER.last_day), DuckDB(), MemoryCache())
    return [(digest, found[digest].eligible) for digest in digests]


def _banks(db: Session, filed: Sequence[tuple[str, int]], hands: tuple[int, int]) -> None:
    for number, (digest, eligible) in enumerate(filed):
        _bank(db, number, digest, eligible, hands)


def _bank(db: Session, number: int, digest: str, eligible: int, hands: tuple[int, int]) -> None:
    """A bank with its certified return, and the central bank's figures: a fiftieth more than the quarter before."""
    region = REGIONS[number % len(REGIONS)]
    code, name = credit_code(COMPANY, region, 1000 + number), f"第{number}村镇银行"
    party = enter_party(db, code=code, name=name, kind="institution", fiscal_region=region, at=AT)
    party_id, (maker, checker) = party.id or 0, hands
    db.add(Institution(party_id=party_id, kind="village_bank"))
    record_statuses(db, party_id, [StatusSpan("local_legal_person", date(2009, 12, 28))])
    for quarter, balance in ((QUARTER.previous, eligible * 49 // 50), (QUARTER, eligible)):
        db.add(
            CertifiedBalance(
                institution_id=party_id,
                quarter=str(quarter),
                version=1,
                balance=balance,
                document="核定",
                recorded_by=maker,
                recorded_at=AT,
            )
        )
    db.add(
        LoanReturn(
            institution_id=party_id,
            quarter=str(QUARTER),
            version=1,
            state="certified",
            file_name="loans.csv",
            format="csv",
            size=1,
            bytes_digest=digest,
            row_digest=digest,
            rows=ROWS,
            total=eligible,
            filed_by=maker,
            filed_at=AT,
            confirmed_by=maker,
            confirmed_at=AT,
            certified_by=checker,
            certified_at=AT,
        )
    )
    db.flush()
