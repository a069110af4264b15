"""A work of returns that somebody else hears of too, while it is done."""

from dataclasses import replace

from flask import Flask

from kernel.works.kinds import AtWork, WorkKind
from kernel.works.telling import Told


def heard(app: Flask, kind: WorkKind, tell: Told) -> None:
    """Let works of a kind tell somebody else too how far they are; no other kind is known then."""

    def run(work: AtWork) -> None:
        def told(stage: str, done: int, whole: int) -> None:
            tell(stage, done, whole)
            work.told(stage, done, whole)

        kind.run(replace(work, told=told))

    app.extensions["work_kinds"] = {kind.name: replace(kind, run=run)}
