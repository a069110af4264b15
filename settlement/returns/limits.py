"""How much a filed file may ask of the machine, so that a hostile one is refused and an honest one never notices."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Bounds of one intake: bytes unless said otherwise; `memory` is what DuckDB may hold before it spills to disk."""

    file_size: int = 2048 * MEBIBYTE
    inflated: int = 768 * MEBIBYTE
    workbook_cells: int = 24_000_000
    rows: int = 20_000_000
    memory: int = 1024 * MEBIBYTE
    threads: int = 2


DEFAULT_LIMITS = Limits()

# For a service that reads strangers' files beside its other work: one thread, and under 300 MB for 200,000 rows of CSV.
SERVICE_LIMITS = Limits(
    file_size=512 * MEBIBYTE,
    inflated=384 * MEBIBYTE,
    workbook_cells=4_000_000,
    rows=5_000_000,
    memory=192 * MEBIBYTE,
    threads=1,
)
