"""What a book of policies gives one beneficiary in one quarter, and a store that remembers it.

What is remembered stands under everything it depends on (the inputs, the scheme as that book has it, the shares), so it stays right;
a what-if that was broken off goes on where it stopped, and one that was run before is there at once.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from kernel.bilingual import Text
from kernel.periods import Quarter


@dataclass(frozen=True)
class RunOutcome:
    """One amount in fen (None: nobody knows) with its payers; money of a payer in fen, `shares` in the order of the split."""

    scheme: str
    quarter: Quarter
    code: str
    name: str
    region: str
    amount: int | None
    holds: tuple[str, ...]
    shares: tuple[tuple[str, int], ...]

    @property
    def place(self) -> tuple[str, Quarter, str]:
        """What makes it comparable with the outcome of another book."""
        return (self.scheme, self.quarter, self.code)


@dataclass(frozen=True)
class Silence:
    """A scheme without an answer for a quarter under a book, and why: nothing is due there, which is not a zero."""

    scheme: str
    quarter: Quarter
    why: Text


@dataclass(frozen=True)
class Run:
    """What one book gives over some quarters."""

    outcomes: tuple[RunOutcome, ...]
    silent: tuple[Silence, ...]


class OutcomeStore:
    """One small JSON file an outcome; a damaged one counts as not there and is written anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.json"

    def get(self, key: str) -> RunOutcome | None:
        try:
            kept = json.loads(self._path(key).read_text(encoding="utf-8"))
            return from_plain(kept["outcome"]) if kept["digest"] == _digest(kept["outcome"]) else None
        except (FileNotFoundError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, outcome: RunOutcome) -> None:
        path, said = self._path(key), plain(outcome)
        path.parent.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False, encoding="utf-8") as file:
            json.dump({"digest": _digest(said), "outcome": said}, file, ensure_ascii=False)
        Path(file.name).replace(path)


def plain(outcome: RunOutcome) -> dict[str, object]:
    """As it is kept."""
    return {
        "scheme": outcome.scheme,
        "quarter": str(outcome.quarter),
        "code": outcome.code,
        "name": outcome.name,
        "region": outcome.region,
        "amount": outcome.amount,
        "holds": list(outcome.holds),
        "shares": [list(share) for share in outcome.shares],
    }


def from_plain(kept: dict[str, object]) -> RunOutcome:
    """Back from what is kept."""
    said = dict(kept)
    quarter, holds, shares = Quarter.parse(str(said.pop("quarter"))), said.pop("holds"), said.pop("shares")
    assert isinstance(holds, list)
    assert isinstance(shares, list)
    return RunOutcome(
        **said,  # type: ignore[arg-type]
        quarter=quarter,
        holds=tuple(holds),
        shares=tuple((payer, fen) for payer, fen in shares),
    )


def _digest(said: dict[str, object]) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
