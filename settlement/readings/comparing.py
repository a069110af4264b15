"""What each reading of each open word costs, per beneficiary, county and payer, on the returns as they were filed (features, 2 of 15)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import Session

from kernel.periods import Quarter
from kernel.policies import OpenWord, OpenWords, PolicyBook, Source, WordAlternative
from settlement import fiscal_shares, growth_reward
from settlement.readings.differences import Change, RunDifference
from settlement.readings.outcomes import OutcomeStore, Run
from settlement.readings.runs import Plan, ToldProgress, nobody_told, plan, run_plans
from settlement.readings.runs_kept import kept_runs
from settlement.returns.filing import Premises

READING = Source("未定用语的另一种读法 / another reading of an open word", "what_if")
COMPARED = (growth_reward.SCHEME,)


@dataclass(frozen=True)
class ReadingPrice:
    """One reading: whether the book follows it, and the difference from what the book gives now."""

    alternative: WordAlternative
    is_in_force: bool
    difference: RunDifference

    @property
    def run(self) -> Run:
        return self.difference.after


@dataclass(frozen=True)
class PriceRow:
    """What each reading gives one institution, county or payer, in the order of the readings; fen, None where not known."""

    key: str
    name: str
    amounts: tuple[int | None, ...]

    @property
    def spread(self) -> int | None:
        """Between the dearest and the cheapest reading."""
        known = [amount for amount in self.amounts if amount is not None]
        return max(known) - min(known) if known and len(known) == len(self.amounts) else None


@dataclass(frozen=True)
class WordPrices:
    """A word with all its readings, over the same quarters."""

    word: OpenWord
    readings: tuple[ReadingPrice, ...]

    @property
    def spread(self) -> int | None:
        """Between the dearest and the cheapest reading, all institutions together, in fen."""
        return self.whole.spread

    @property
    def whole(self) -> PriceRow:
        """All institutions together."""
        return PriceRow("", "", tuple(one.difference.total.after for one in self.readings))

    @property
    def moved(self) -> int:
        """What changes hands between payers, from what holds now to the reading that moves most, in fen."""
        return max((_moved(one.difference) for one in self.readings), default=0)

    def by_institution(self) -> list[PriceRow]:
        """The widest spread first."""
        each = [{row.code: row for row in one.difference.by_beneficiary()} for one in self.readings]
        names = {code: row.name for rows in each for code, row in rows.items()}
        rows = [
            PriceRow(code, name, tuple(_after(one[code].total) if code in one else 0 for one in each))
            for code, name in names.items()
        ]
        return sorted(rows, key=lambda row: (-(row.spread or 0), row.key))

    def by_region(self) -> list[PriceRow]:
        return _rows([one.difference.by_region() for one in self.readings])

    def by_payer(self) -> list[PriceRow]:
        return _rows([one.difference.by_payer() for one in self.readings])


def _after(change: Change) -> int | None:
    return change.after


def _rows(groups: Sequence[Mapping[str, Change]]) -> list[PriceRow]:
    keys = sorted({key for each in groups for key in each})
    return [PriceRow(key, "", tuple(each[key].after if key in each else 0 for each in groups)) for key in keys]


def _moved(difference: RunDifference) -> int:
    """What the payers who pay more pay more."""
    return sum(max(0, change.difference or 0) for change in difference.by_payer().values())


def words_of_growth(words: OpenWords) -> tuple[OpenWord, ...]:
    """The words that touch the growth reward: its own parameters, or those of the shares."""
    return words.touching(growth_reward.SCHEME, fiscal_shares.SCHEME)


def compare_words(
    db: Session,
    words: Sequence[OpenWord],
    quarters: Sequence[Quarter],
    *,
    premises: Premises,
    store: OutcomeStore,
    is_time_up: Callable[[], bool] = lambda: False,
    told: ToldProgress = nobody_told,
) -> list[WordPrices]:
    """Every reading of some words over some quarters, from what is kept where it is there; raises `NotFinished` when the time is up."""
    present = premises.book

    def planned(book: PolicyBook) -> Plan:
        return plan(db, book, quarters, premises=premises, present=present, schemes=COMPARED)

    asked = [(word, one) for word in words for one in word.alternatives]

    def anew() -> list[Run]:
        plans = [planned(present), *(planned(one.applied(present, READING)) for _, one in asked)]
        return run_plans(plans, store, is_time_up=is_time_up, told=told)

    now, *runs = kept_runs(db, present, words, quarters, store, anew)
    priced: dict[str, list[ReadingPrice]] = {}
    for (word, one), run in zip(asked, runs, strict=True):
        in_force = word.in_force(present, max(quarters).last_day)
        priced.setdefault(word.id, []).append(ReadingPrice(one, one is in_force, RunDifference(now, run)))
    return [WordPrices(word, tuple(priced[word.id])) for word in words]
