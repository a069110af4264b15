"""The guarantee returns of the demonstration city pass intake quarter after quarter, each beside those before it."""

from collections import defaultdict
from pathlib import Path

from kernel.periods import Quarter
from settlement.returns.intake import FiledFile, Known, intake
from settlement.returns.kinds import GUARANTEES
from settlement.returns.sealing import events_beside
from tests.config.conftest import City


def _files(city: City) -> dict[str, list[tuple[Quarter, Path]]]:
    """The contracts of each guarantor, the earliest quarter first."""
    found: dict[str, list[tuple[Quarter, Path]]] = defaultdict(list)
    for path in sorted((city.folder / "guarantees").glob("*_guarantees.csv")):
        code, quarter, _ = path.stem.split("_")
        found[code].append((Quarter.parse(quarter), path))
    return found


def test_every_return_is_accepted_and_the_deposit_alone_is_a_warning(city: City, tmp_path: Path) -> None:
    lenders = {row["institution_code"] for row in city.table("institutions.csv") if row["kind"] != "guarantor"}
    warned, counts = set(), []
    for code, files in _files(city).items():
        known = Known(lenders=frozenset(lenders))
        for quarter, path in files:
            events = path.with_name(path.name.replace("_guarantees", "_guarantee_events"))
            found = intake(
                path,
                institution_code=code,
                quarter=quarter,
                into=tmp_path / f"{code}_{quarter}.parquet",
                kind=GUARANTEES,
                known=known,
                events=FiledFile(events, events.name),
            )
            assert found.tape is not None, [one.text.zh for one in found.errors.listed[:3]]
            assert found.roll_forward is None or found.roll_forward.adds_up
            known = Known(found.tape, (*known.earlier_events, events_beside(found.tape)), frozenset(lenders))
            warned |= {(one.rule.code, one.loan_id, str(quarter)) for one in found.warnings.listed}
            counts.append(found.events)
    assert warned == {("deposit_taken", "CX22070901", "2022Q3"), ("deposit_taken", "CX22070901", "2022Q4")}
    assert len(counts) == 18
    assert all(counts)
