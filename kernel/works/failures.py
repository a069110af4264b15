"""Why a work failed, kept as JSON: the error in both languages, its fields, and the rows of a file that is not taken."""

import json
from dataclasses import dataclass
from typing import Any

from kernel.bilingual import Text
from kernel.errors import DomainError, FieldError, Invalid
from kernel.tables.faults import Fault, FileRefused

MOST_FAULTS = 1000


@dataclass(frozen=True)
class Failure:
    """What went wrong, as the direct way would have told it."""

    code: str
    text: Text
    fields: tuple[FieldError, ...] = ()
    faults: tuple[Fault, ...] = ()


def failure_json(error: DomainError) -> str:
    """An error as it is kept; of a file's faults at most the first thousand."""
    said: dict[str, Any] = {"code": error.code, "text": list(error.text)}
    if isinstance(error, Invalid):
        said["fields"] = [[one.field, one.code, list(one.text)] for one in error.errors]
    if isinstance(error, FileRefused):
        said["faults"] = [vars(one) for one in error.faults[:MOST_FAULTS]]
    return json.dumps(said, ensure_ascii=False)


def failure_from(kept: str) -> Failure | None:
    """The error that `failure_json` kept; None for a work that did not fail."""
    if not kept:
        return None
    said = json.loads(kept)
    return Failure(
        said["code"],
        Text(*said["text"]),
        tuple(FieldError(field, code, Text(*text)) for field, code, text in said.get("fields", ())),
        tuple(Fault(**{**one, "text": Text(*one["text"])}) for one in said.get("faults", ())),
    )
