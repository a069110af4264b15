"""What two returns said is kept beside them: read back as it was, its head alone, and worked out anew when damaged."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from settlement.squeezes.kept import KeptAlerts, key_of
from settlement.squeezes.rule import Squeeze, SqueezeRule

DAY = date(2022, 9, 30)
RULE = SqueezeRule(frozenset({"normal"}), Decimal("0.2"))
ALERTS = (
    Squeeze("called_in", "91410400000000001X", "恒润精密铸造", "L1", date(2023, 1, 10), 300_00, 0),
    Squeeze("line_cut", "91410400000000002X", "锦程机械", None, None, 200_00, 100_00),
    Squeeze("squeezed", "91410400000000003X", "永丰农机", "L3", date(2023, 2, 1), 90_00, 60_00),
)


@pytest.mark.parametrize(("most", "shown"), [(None, 3), (2, 2), (50, 3), (0, 0)])
def test_alerts_are_read_back_as_they_were_kept(tmp_path: Path, most: int | None, shown: int) -> None:
    kept, key = KeptAlerts(tmp_path), key_of("a", "b", DAY, RULE)
    assert kept.get(key, most) is None
    kept.put(key, ALERTS)
    assert kept.get(key, most) == (3, ALERTS[:shown])


@pytest.mark.parametrize("damaged", ["", "3\n", "many\n", '1\n{"kind": "called_in"}\n', "1\n{\n"])
def test_a_damaged_file_counts_as_not_there(tmp_path: Path, damaged: str) -> None:
    kept, key = KeptAlerts(tmp_path), key_of("a", "b", DAY, RULE)
    kept.put(key, ALERTS)
    next(tmp_path.rglob("*.jsonl")).write_text(damaged, encoding="utf-8")
    assert kept.get(key) is None


def test_the_key_holds_everything_that_the_rule_looks_at() -> None:
    other = SqueezeRule(frozenset({"normal", "attention"}), RULE.smallest_cut)
    lower = SqueezeRule(RULE.performing, Decimal("0.1"))
    keys = {
        key_of("a", "b", DAY, RULE),
        key_of("b", "a", DAY, RULE),
        key_of("a", "b", date(2022, 6, 30), RULE),
        key_of("a", "b", DAY, other),
        key_of("a", "b", DAY, lower),
    }
    assert len(keys) == 5
