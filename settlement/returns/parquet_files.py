"""Filed Parquet files: typed columns turned back into the text a person would have written, so that one set of rules serves."""

# ruff: noqa: S608 (column names are quoted identifiers, paths quoted literals)

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from kernel.bilingual import Text
from kernel.tables.faults import Fault, FileRefused, whole_file
from settlement.returns.archive import digest_of
from settlement.returns.cells import LONG_NUMBER, quoted
from settlement.returns.columns import CellKind
from settlement.returns.filed import FiledTable, Row, create_view
from settlement.returns.headers import Header, read_header
from settlement.returns.limits import Limits
from settlement.returns.sheets import ReturnSheet

MAGIC = b"PAR1"
_FETCHED = 5000
_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT")
_MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _double(cell: str, is_money: bool) -> str:
    """A binary number: beyond what it holds exactly it is marked, as in a spreadsheet."""
    most = "1e13" if is_money else "1e15"
    return f"""CASE WHEN abs({cell}) >= {most} THEN {quoted(LONG_NUMBER)} || {cell}::VARCHAR
        WHEN {cell} = trunc({cell}) THEN {cell}::BIGINT::VARCHAR ELSE {cell}::VARCHAR END"""


def _text(cell: str, sql_type: str, is_money: bool) -> str | None:
    """The cell as text, None for a type that cannot carry what the return asks."""
    if sql_type == "VARCHAR" or sql_type.startswith("ENUM"):
        return f"{cell}::VARCHAR"
    if sql_type in _WHOLE or sql_type.startswith("DECIMAL") or sql_type in ("DATE", '"NULL"', "NULL"):
        return f"{cell}::VARCHAR"
    if sql_type == "DOUBLE":
        return _double(cell, is_money)
    if sql_type == "BOOLEAN":
        return f"CASE WHEN {cell} THEN 'Y' WHEN NOT {cell} THEN 'N' END"
    if sql_type in _MOMENTS:
        return f"CASE WHEN {cell} = date_trunc('day', {cell}) THEN {cell}::DATE::VARCHAR ELSE {cell}::VARCHAR END"
    return None


def _unfit(file: str, heading: str, sql_type: str) -> FileRefused:
    text = Text(
        f"列“{heading}”的类型 {sql_type} 读不了；金额和利率用 DECIMAL 或文本，日期用 DATE",
        f"Column “{heading}” has the type {sql_type}, which cannot be read; use DECIMAL or text, and DATE for dates",
    )
    return FileRefused([Fault(file, 1, heading, sql_type, "column_type", "error", text)])


def _texts(file: str, header: Header, types: list[str]) -> list[str]:
    money = {place for name, place in header.places.items() if header.sheet.column[name].kind is CellKind.MONEY}
    texts = []
    for place, (heading, sql_type) in enumerate(zip(header.cells, types, strict=True)):
        text = _text(_identifier(heading), sql_type, place in money)
        if text is None:
            raise _unfit(file, heading, sql_type)
        texts.append(f"coalesce({text}, '')")
    return texts


def _described(file: str, source: Path, connection: duckdb.DuckDBPyConnection, limits: Limits) -> list[tuple[str, str]]:
    try:
        scan = f"read_parquet({quoted(str(source))})"
        rows = connection.execute(f"SELECT num_rows FROM parquet_file_metadata({quoted(str(source))})").fetchone()
        described = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
    except duckdb.Error:
        raise broken(file) from None
    if rows is None or rows[0] > limits.rows:
        raise whole_file(
            file,
            "too_many_rows",
            Text(f"超过 {limits.rows} 行", f"More than {limits.rows} rows"),
            str(rows and rows[0]),
        )
    return [(str(name), str(sql_type)) for name, sql_type, *_ in described]


def broken(file: str) -> FileRefused:
    return whole_file(
        file,
        "parquet_broken",
        Text("Parquet 文件打不开，请重新导出", "The Parquet file cannot be opened; export it again"),
    )


def open_parquet(
    file: str, source: Path, connection: duckdb.DuckDBPyConnection, limits: Limits, sheet: ReturnSheet
) -> FiledTable:
    """A filed Parquet file; raises `FileRefused` for a damaged one, a header or a column type that cannot be taken."""
    described = _described(file, source, connection, limits)
    header = read_header(file, [name for name, _ in described], sheet)
    texts = _texts(file, header, [sql_type for _, sql_type in described])
    scan = f"read_parquet({quoted(str(source))}, file_row_number = true)"

    def lay(connection: duckdb.DuckDBPyConnection) -> bool:
        cells = {name: texts[place] for name, place in header.places.items()}
        create_view(connection, scan, "file_row_number + 2", "true", cells, sheet)
        return False

    @contextmanager
    def rows() -> Iterator[Iterator[Row]]:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT file_row_number + 2, {', '.join(texts)} FROM {scan}")
            yield _fetched(cursor)

    return FiledTable(
        name=file,
        format="Parquet",
        encoding="",
        sheet="",
        filed_digest=digest_of(source),
        header=header,
        rows=rows,
        lay=lay,
        broken=lambda _: broken(file),
    )


def _fetched(cursor: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    while lines := cursor.fetchmany(_FETCHED):
        for number, *cells in lines:
            yield number, cells
