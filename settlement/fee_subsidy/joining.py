"""Guarantors that were merged: their returns are added quarter by quarter, as the balances of merged banks are [default].

A contract keeps its number, and so what it has earned; where two guarantors used one number for two contracts, the one that came
with the merger carries its guarantor's code behind it.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from kernel.periods import Quarter
from settlement.fee_subsidy.contracts import Filed, GuaranteeEvent, GuaranteeReturn


def joined(filed: Filed, heir: Callable[[str], str]) -> Filed:
    """The returns by the code under which they count: of one family and quarter one return."""
    taken = _borrowers(filed, heir)
    parts: dict[tuple[str, Quarter], list[GuaranteeReturn]] = {}
    for (code, quarter), one in sorted(filed.items(), key=lambda each: (heir(each[0][0]) != each[0][0], each[0])):
        named = one if heir(code) == code else _named_apart(one, code, taken.get(heir(code), {}))
        parts.setdefault((heir(code), quarter), []).append(named)
    return {key: _added(key[1], found) for key, found in parts.items()}


def _borrowers(filed: Filed, heir: Callable[[str], str]) -> dict[str, dict[str, set[tuple[str, object]]]]:
    """Per heir, its own contract numbers with whom and since when they were given."""
    found: dict[str, dict[str, set[tuple[str, object]]]] = {}
    for (code, _quarter), one in filed.items():
        if heir(code) == code:
            for each in one.contracts:
                known = found.setdefault(code, {}).setdefault(each.contract_id, set())
                known.add((each.borrower_code, each.start))
    return found


def _named_apart(one: GuaranteeReturn, code: str, taken: dict[str, set[tuple[str, object]]]) -> GuaranteeReturn:
    clashing = {
        each.contract_id
        for each in one.contracts
        if each.contract_id in taken and (each.borrower_code, each.start) not in taken[each.contract_id]
    }
    if not clashing:
        return one
    return replace(
        one,
        contracts=tuple(replace(each, contract_id=_apart(each.contract_id, code, clashing)) for each in one.contracts),
        events=tuple(replace(each, contract_id=_apart(each.contract_id, code, clashing)) for each in one.events),
    )


def _apart(number: str, code: str, clashing: set[str]) -> str:
    return f"{number}@{code}" if number in clashing else number


def _added(quarter: Quarter, parts: Iterable[GuaranteeReturn]) -> GuaranteeReturn:
    """One return as it is; several with their contracts side by side, each contract once."""
    first, *others = parts
    if not others:
        return first
    contracts = {each.contract_id: each for one in reversed([first, *others]) for each in one.contracts}
    digest = hashlib.sha256("\n".join(one.digest for one in (first, *others)).encode()).hexdigest()
    counts: Counter[GuaranteeEvent] = Counter()
    for one in (first, *others):
        counts |= Counter(
            one.events
        )  # an event that two of them tell is one, equal events that one of them tells are several
    events = tuple(sorted(counts.elements()))
    return GuaranteeReturn(quarter, tuple(contracts[name] for name in sorted(contracts)), events, digest)
