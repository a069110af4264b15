"""Alerts already worked out, by the two returns and the rule: one line each, the largest first, so that a page reads the head of a file.

A return's rows never change under its digest and the key says all that the rule looks at, so what is kept stays right.
"""

import hashlib
import json
from dataclasses import asdict
from datetime import date
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from kernel.audit.chain import canonical
from settlement.squeezes.rule import Squeeze, SqueezeRule

VERSION = 1  # of the rule's code: what an older one kept is worked out anew


def key_of(former: str, later: str, later_day: date, rule: SqueezeRule) -> str:
    """What the alerts of two returns (their row digests) depend on."""
    said = [VERSION, former, later, later_day.isoformat(), sorted(rule.performing), str(rule.smallest_cut)]
    return hashlib.sha256(canonical({"squeezes": said}).encode()).hexdigest()


class KeptAlerts:
    """One small file a key; a damaged one counts as not there and is written anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.jsonl"

    def get(self, key: str, most: int | None = None) -> tuple[int, tuple[Squeeze, ...]] | None:
        """How many there are, and the largest `most` of them (None: all)."""
        try:
            with self._path(key).open(encoding="utf-8") as lines:
                count = int(next(lines))
                found = tuple(_read(line) for line in islice(lines, most))
        except (FileNotFoundError, StopIteration, ValueError, KeyError, TypeError):
            return None
        return (count, found) if len(found) == (count if most is None else min(count, most)) else None

    def put(self, key: str, alerts: tuple[Squeeze, ...]) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            file.write(f"{len(alerts)}\n")
            file.writelines(f"{_written(one)}\n" for one in alerts)
        Path(file.name).replace(path)


def _written(alert: Squeeze) -> str:
    maturity = alert.maturity.isoformat() if alert.maturity else None
    return json.dumps({**asdict(alert), "maturity": maturity}, ensure_ascii=False)


def _read(line: str) -> Squeeze:
    values: dict[str, Any] = json.loads(line)
    maturity = values.pop("maturity")
    return Squeeze(**values, maturity=date.fromisoformat(maturity) if maturity else None)
