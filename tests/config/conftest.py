"""The demonstration city, written once a session."""

import csv
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import duckdb
import pytest
from python_calamine import CalamineWorkbook

from config.demonstration import write_city
from config.demonstration.returns import COLUMNS

Row = dict[str, str]


@dataclass(frozen=True)
class City:
    """A written city: its folder, and its files as rows of text."""

    folder: Path

    def table(self, name: str) -> list[Row]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    @cached_property
    def code_of(self) -> dict[str, str]:
        """Credit codes by name, of institutions and enterprises."""
        institutions = {row["name"]: row["institution_code"] for row in self.table("institutions.csv")}
        return institutions | {row["name"]: row["enterprise_code"] for row in self.table("enterprises.csv")}

    def path(self, name: str, quarter: str) -> Path:
        """The one file of a bank's return."""
        return next(self.folder.glob(f"*/{self.code_of[name]}_{quarter}_loans.*"))

    @property
    def returns(self) -> list[Path]:
        """Every return of the city, the late one included."""
        return sorted(self.folder.glob("*/*_loans.*"), key=lambda path: path.name)

    def loans(self, path: Path) -> list[Row]:
        return [dict(zip(COLUMNS, cells, strict=True)) for cells in _cells(path)]


def _cells(path: Path) -> list[list[str]]:
    if path.suffix == ".parquet":
        with duckdb.connect() as db:
            return [
                ["" if cell is None else str(cell) for cell in row] for row in db.read_parquet(str(path)).fetchall()
            ]
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return [[f"{cell:.2f}" if isinstance(cell, float) else str(cell) for cell in row] for row in sheet[1:]]
    filed = path.read_bytes()
    try:
        text = filed.decode("utf-8")
    except UnicodeDecodeError:
        text = filed.decode("gb18030")
    return list(csv.reader(text.splitlines()))[1:]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    """The city of the usual seed at scale 1."""
    folder = tmp_path_factory.mktemp("city")
    write_city(folder)
    return City(folder)
