"""The prices of readings are planned once for the same books, and anew as soon as anything they rest on has changed."""

from flask import Flask

from settlement.readings.comparing import WordPrices, compare_words
from settlement.readings.outcomes import OutcomeStore
from tests.settlement.filing_floor import Q2, Q3, Floor, loan


def priced(floor: Floor, app: Flask) -> WordPrices:
    word = app.extensions["open_words"].word("odd_fen")
    store = OutcomeStore(floor.premises.keeping.folder / "what-if")
    (found,) = compare_words(floor.db, [word], [Q3], premises=floor.premises, store=store)
    return found


def kept_files(floor: Floor) -> set[str]:
    return {path.name for path in (floor.premises.keeping.folder / "what-if" / "runs").rglob("*.json")}


def test_a_second_look_gives_the_same_and_a_newer_figure_another(floor: Floor, app: Flask) -> None:
    for quarter, fen in ((Q2, 4_200_000_00), (Q3, 4_500_000_37)):
        floor.certify(floor.file([loan(1, balance=f"{fen // 100}.{fen % 100:02d}")], quarter))
        floor.certify_balance(fen, quarter)
    first = priced(floor, app)
    assert [one.run.outcomes[0].amount for one in first.readings] == [3000_00, 3000_00]
    kept = kept_files(floor)
    assert priced(floor, app) == first
    assert kept_files(floor) == kept
    floor.certify(floor.file([loan(1, balance="4600000.00")], Q3))
    newer = priced(floor, app)
    assert len(kept_files(floor) - kept) == 1
    assert newer != first
