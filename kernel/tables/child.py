"""Workbooks and Parquet files opened in a process of its own, with bounds (reliability rule 11).

A cell in the last corner of a sheet makes a reader ask for half a terabyte, which ends its process. Here that is the child's end, and
a refusal of the file. Run as `python -m kernel.tables.child`.
"""

import json
import subprocess
import sys
from pathlib import PurePath

import structlog

from kernel.bilingual import Text
from kernel.confined import MEBIBYTE, Bounds, a_turn, bind, environment
from kernel.tables.bounded import bounded
from kernel.tables.faults import Fault, FileRefused, whole_file
from kernel.tables.parquet import parquet_rows
from kernel.tables.workbook import workbook_rows

BOUNDS = Bounds(memory=1024 * MEBIBYTE, processor=20, waiting=60, written=64 * MEBIBYTE)
_REFUSED = 3
COMPLAINT = 500  # of what a child said last, signs in the log

log = structlog.get_logger()


def rows_in_child(file: str, content: bytes, most: int | None) -> list[list[str]]:
    """The rows of a file as text, at most `most` below the first; raises `FileRefused` also where the child runs into a bound."""
    order = json.dumps([file, most]).encode() + b"\n" + content
    command = [sys.executable, "-m", "kernel.tables.child"]
    try:
        with a_turn():
            done = subprocess.run(
                command, input=order, capture_output=True, timeout=BOUNDS.waiting, env=environment(), check=False
            )
    except subprocess.TimeoutExpired:
        raise _too_costly(file) from None
    if done.returncode == _REFUSED:
        raise FileRefused(Fault(**{**one, "text": Text(*one["text"])}) for one in json.loads(done.stdout))
    if done.returncode:
        said = done.stderr.decode(errors="replace")[-COMPLAINT:]
        log.warning("table_not_read", file=file, returned=done.returncode, said=said)
        raise _too_costly(file)
    rows: list[list[str]] = json.loads(done.stdout)
    return rows


def _too_costly(file: str) -> FileRefused:
    return whole_file(
        file,
        "too_costly",
        Text(
            "读这个文件用的内存或时间超过了限度；请用模板重新填写，或另存为 CSV",
            "Reading this file takes more memory or time than allowed; fill in the template again, or save it as CSV",
        ),
    )


def _answer() -> str:
    file, most = json.loads(sys.stdin.buffer.readline())
    read = parquet_rows if PurePath(file).suffix.lower() == ".parquet" else workbook_rows
    return json.dumps(list(bounded(file, read(file, sys.stdin.buffer.read()), most)), ensure_ascii=False)


def main() -> int:
    """Read an order and the file from standard input, answer on standard output."""
    bind(BOUNDS)
    try:
        sys.stdout.write(_answer())
    except FileRefused as refused:
        sys.stdout.write(json.dumps([vars(one) for one in refused.faults], ensure_ascii=False))
        return _REFUSED
    return 0


if __name__ == "__main__":
    sys.exit(main())
