"""Small tables as people file them: CSV, XLSX, XLS or Parquet in, rows of text out, every fault named by row and column.

`reading.read_sheet` turns bytes into rows of text, `columns.read_records` turns rows into typed records,
`faults.errors_csv` writes what is wrong, `writing.csv_bytes` writes files out. Pure: no web, no database.
"""
