"""The table of the fee subsidy beside its statements: one row a contract, with what it earned and why."""

from datetime import date

from sqlalchemy import Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from kernel.columns import Fen, fen_range, table_args

FEN = ("net_fee", "accrued", "accrued_before", "adjustment", "part")


class FeeContract(SQLModel, table=True):
    """One contract of a statement, fen: `accrued` through the quarter's end less `accrued_before` is its `part`.

    Rates are exact text (`1/100`); `exclusions` are codes, the first to tell first, empty for a contract that counts.
    """

    __tablename__ = "settlement_fee_contract"
    __table_args__ = table_args(
        fen_range("amount", lowest=1),
        *(fen_range(column) for column in FEN),
        UniqueConstraint("statement_id", "contract_id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    statement_id: int = Field(foreign_key="settlement_statement.id", index=True)
    beneficiary_id: int = Field(foreign_key="party.id", index=True)
    place: int
    contract_id: str = Field(max_length=64)
    borrower_code: str = Field(max_length=64)
    borrower_name: str = Field(max_length=120)
    start_date: date
    end_date: date
    amount: int = Field(sa_type=Fen)
    days: int
    days_in_force: int
    net_fee: int = Field(sa_type=Fen)
    fee_rate: str = Field(max_length=80)
    ceiling: str = Field(default="", max_length=80)
    gap: str = Field(default="", max_length=80)
    accrued: int = Field(sa_type=Fen)
    accrued_before: int = Field(sa_type=Fen)
    adjustment: int = Field(sa_type=Fen)
    part: int = Field(sa_type=Fen)
    exclusions: str = Field(default="", max_length=200)
    told_zh: str = Field(sa_type=Text)
    told_en: str = Field(sa_type=Text)
    parameters: str = Field(default="", max_length=400)
