"""Running a statement over a filed table: the quick scan first, the careful way where that finds the cells ambiguous."""

import duckdb

from settlement.returns.csv_files import broken
from settlement.returns.filed import FiledTable


def lay_and_run(connection: duckdb.DuckDBPyConnection, filed: FiledTable, statement: str) -> None:
    """Lay the table before DuckDB and run `statement` over it; raises `FileRefused` where no cells can be told apart."""
    try:
        filed.lay(connection)
        connection.execute(statement)
    except (duckdb.InvalidInputException, duckdb.InternalException) as error:
        if filed.lay_carefully is None:
            raise broken(filed.name, str(error).splitlines()[0]) from None
        filed.lay_carefully(connection)
        connection.execute(statement)
