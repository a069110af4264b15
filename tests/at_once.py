"""Several people at the same moment: each work in a thread and a transaction of its own, all released together."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from sqlmodel import Session

from kernel import database
from kernel.errors import DomainError


def at_once(app: Flask, works: Sequence[Callable[[Session], Any]]) -> list[str]:
    """What became of each work: `done`, or the code of the domain error that refused it."""
    gate = threading.Barrier(len(works))

    def one(work: Callable[[Session], Any]) -> str:
        with app.app_context():
            gate.wait(30)
            try:
                database.write(database.current(), work)
            except DomainError as error:
                return error.code
            return "done"

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(one, works))
