"""Parquet into rows of text. DuckDB reads files by name only, so the bytes pass through a temporary file."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from kernel.bilingual import Text
from kernel.tables.faults import whole_file
from kernel.tables.values import cell_text

_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "threads": 1,
    "memory_limit": "512MB",
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
}


_PIECE = 1000


def parquet_rows(file: str, content: bytes) -> Iterator[list[str]]:
    """The column names, then the rows, as text; only as many are fetched as are asked for."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:", config=_CONFIG) as db:
        path = Path(folder) / "table.parquet"
        path.write_bytes(content)
        try:
            found = db.execute("SELECT * FROM read_parquet(?)", [str(path)])
            yield [column[0] for column in found.description or []]
            while rows := found.fetchmany(_PIECE):
                yield from ([cell_text(file, value) for value in row] for row in rows)
        except duckdb.Error as error:
            raise whole_file(
                file,
                "parquet_broken",
                Text("Parquet 文件打不开，请重新导出", "The Parquet file cannot be opened; export it again"),
                str(error).splitlines()[0][:200],
            ) from None
