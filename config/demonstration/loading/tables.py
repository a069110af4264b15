"""The city's small files as rows."""

import csv
from pathlib import Path


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of one CSV file of the city."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
