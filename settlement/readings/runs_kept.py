"""The runs of a comparison, kept as one file under everything that they depend on, so that a page need not plan them anew.

The digest of the books is taken over more than a comparison reads (all certified returns and balances, every institution), so what
is kept may be made anew without need, and is never out of date.
"""

from collections.abc import Callable, Sequence
from typing import Any

from sqlmodel import Session

from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import OpenWord, PolicyBook
from settlement.readings.outcomes import OutcomeStore, Run, Silence, from_plain, plain
from settlement.returns.kept import Kept, key_of
from settlement.statements.growth.facts import books_digest

VERSION = 1  # of what a run computes: what an older one kept is made anew


def kept_runs(
    db: Session,
    present: PolicyBook,
    words: Sequence[OpenWord],
    quarters: Sequence[Quarter],
    store: OutcomeStore,
    run: Callable[[], list[Run]],
) -> list[Run]:
    """What `run` gives for the readings of some words, from what is kept where it is there."""
    kept, key = Kept(store.folder / "runs"), _key(db, present, words, quarters)
    found = kept.get(key)
    if found is not None:
        return _back(found)
    runs = run()
    if key == _key(db, present, words, quarters):  # somebody may have certified something meanwhile
        kept.put(key, _said(runs))
    return runs


def _key(db: Session, present: PolicyBook, words: Sequence[OpenWord], quarters: Sequence[Quarter]) -> str:
    return key_of(VERSION, present.digest, [word.digest for word in words], list(map(str, quarters)), books_digest(db))


def _said(runs: Sequence[Run]) -> dict[str, Any]:
    """Each outcome once, though most runs share most of them."""
    outcomes = {id(one): one for run in runs for one in run.outcomes}
    places = {number: place for place, number in enumerate(outcomes)}
    return {
        "outcomes": [plain(one) for one in outcomes.values()],
        "runs": [
            {
                "outcomes": [places[id(one)] for one in run.outcomes],
                "silent": [[one.scheme, str(one.quarter), one.why.zh, one.why.en] for one in run.silent],
            }
            for run in runs
        ],
    }


def _back(kept: dict[str, Any]) -> list[Run]:
    outcomes = [from_plain(one) for one in kept["outcomes"]]
    return [
        Run(
            tuple(outcomes[place] for place in run["outcomes"]),
            tuple(Silence(scheme, Quarter.parse(quarter), Text(zh, en)) for scheme, quarter, zh, en in run["silent"]),
        )
        for run in kept["runs"]
    ]
