"""Running a statement over a filed table: the quick scan first, the careful way where that finds the cells ambiguous."""

from collections.abc import Callable

import duckdb

from settlement.returns.filed import FiledTable

# Not the file's fault: memory is refused elsewhere, the others would be faults of our own statement.
_NOT_THE_FILE = (
    duckdb.OutOfMemoryException,
    duckdb.ParserException,
    duckdb.BinderException,
    duckdb.CatalogException,
)


def lay_and_run(connection: duckdb.DuckDBPyConnection, filed: FiledTable, statement: Callable[[bool], str]) -> None:
    """Lay the table before DuckDB and run a statement over it; raises `FileRefused` where the rows cannot be read.

    `statement` is told whether the rows lie in the order of their numbers, the first being row 2.
    """
    for lay in filter(None, (filed.lay, filed.lay_carefully)):
        try:
            connection.execute(statement(lay(connection)))
        except _NOT_THE_FILE:
            raise
        except duckdb.Error as error:
            reason = str(error).splitlines()[0]
        else:
            return
    raise filed.broken(reason)
