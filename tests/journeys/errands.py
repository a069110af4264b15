"""What people in a journey do at their screens, over HTTP alone, and how the clock and the night's jobs move."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask

from kernel.clock import SHANGHAI, Clock
from tests.factories import Visitor, apart


@dataclass
class Errands:
    """The service and its clock."""

    app: Flask

    def on(self, day: date) -> None:
        moment = datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)
        self.app.extensions["clock"] = Clock.starting_at(moment)

    def wake(self, job: Callable[[], Any]) -> Any:
        """What the scheduler does at night."""

        def run() -> Any:
            with self.app.app_context():
                return job()

        return apart(run)  # type: ignore[arg-type]

    def do(self, who: Visitor, path: str, expected: int = 200, **body: Any) -> Any:
        answer = who.send("POST", path, json=body)
        assert answer.status_code == expected, (path, answer.status_code, answer.text)
        return answer.json

    def send_file(self, who: Visitor, path: str, name: str, rows: Sequence[Mapping[str, str]]) -> Any:
        """A CSV file as somebody uploads it."""
        answer = who.send("POST", path, data={"file": (io.BytesIO(csv_of(rows)), name)})
        assert answer.status_code == 201, (path, answer.status_code, answer.text)
        return answer.json

    def move(self, who: Visitor, path: str, move: str, expected: int = 200, **said: Any) -> Any:
        """One move from the version that the mover sees."""
        seen = self.ask(who, path)["version"]
        return self.do(who, f"{path}/moves", expected, move=move, seen=seen, **said)

    def ask(self, who: Visitor, path: str) -> Any:
        answer = who.send("GET", path)
        assert answer.status_code == 200, (path, answer.text)
        return answer.json


def csv_of(rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def working_capital(bank_id: int | None, number: str, starts_on: date, due_on: date) -> dict[str, Any]:
    """The old loan of a small firm, and what it states of itself."""
    return {
        "bank_id": bank_id,
        "old_loan": number,
        "old_balance": "8000000.00",
        "old_starts_on": starts_on.isoformat(),
        "old_due_on": due_on.isoformat(),
        "borrower_kind": "small",
        "purpose": "working_capital",
        "lawful": True,
        "sound": True,
        "good_credit": True,
    }
