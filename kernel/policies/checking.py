"""A scheme as read from its file, held against what the code reads of it: parameters, windows, agreements and quotes."""

from collections.abc import Iterator
from datetime import date, timedelta
from difflib import get_close_matches

from kernel.bilingual import Text
from kernel.policies.declared import Declarations, Reads
from kernel.policies.refusals import PolicyProblem
from kernel.policies.schemes import Scheme
from kernel.policies.values import Parameter

_DAY = timedelta(days=1)


def problems_of(file: str, scheme: Scheme, declared: Declarations) -> Iterator[PolicyProblem]:
    """What the scheme says that nothing reads, what it lacks, and what does not fit together."""
    for key, text in _against(scheme, declared.by_scheme.get(scheme.id)):
        yield PolicyProblem(file, key, text)


def misspelt(file: str, scheme: str, present: set[str], declared: Declarations) -> PolicyProblem | None:
    """A scheme that nothing computes and whose name is nearly that of one that is absent."""
    absent = [name for name in declared.by_scheme if name not in present]
    near = get_close_matches(scheme, absent, n=1, cutoff=0.85)
    if scheme in declared.by_scheme or not near:
        return None
    text = Text(
        f"没有程序计算“{scheme}”；是不是要写“{near[0]}”？", f"nothing computes “{scheme}”; is “{near[0]}” meant?"
    )
    return PolicyProblem(file, "scheme", text)


def _against(scheme: Scheme, reads: Reads | None) -> Iterator[tuple[str, Text]]:
    if reads is None:
        return
    names = {parameter.name for parameter in scheme.parameters}
    for one in reads.parameters:
        if one.name not in names and not one.waits:
            yield (
                f"parameters.{one.name}",
                Text("缺这个参数，程序要读它", "this parameter is missing, and the code reads it"),
            )
    for name in sorted(names - reads.by_name.keys()):
        known = ", ".join(get_close_matches(name, reads.by_name, n=3)) or ", ".join(reads.by_name)
        yield (
            f"parameters.{name}",
            Text(
                f"没有程序读这个参数；请删去，或改成：{known}",
                f"nothing reads this parameter; remove it, or write: {known}",
            ),
        )
    yield from _windows(scheme, reads)
    yield from _agreements(scheme, reads)


def _windows(scheme: Scheme, reads: Reads) -> Iterator[tuple[str, Text]]:
    """Each parameter must have a value on every day on which the leading one has."""
    lead = next((one for one in scheme.parameters if one.name == reads.lead), None)
    if lead is None:
        return
    for parameter in scheme.parameters:
        declared = reads.by_name.get(parameter.name)
        if declared is None or declared.waits or not parameter.values:
            continue
        silent = _first_silent(parameter, lead)
        if silent is not None:
            text = Text(
                f"{silent} 没有值，而“{lead.title.zh}”（{lead.name}）那天有；请把日期写到一样长",
                f"has no value on {silent}, while “{lead.title.en}” ({lead.name}) has; let both run as long",
            )
            yield f"parameters.{parameter.name}.values", text


def _first_silent(parameter: Parameter, lead: Parameter) -> date | None:
    ends = [value.until + _DAY for value in parameter.values if value.until is not None]
    for value in lead.values:
        tried = [value.since, *(end for end in sorted(ends) if value.since < end and value.holds_on(end))]
        silent = next((one for one in tried if parameter.on(one) is None), None)
        if silent is not None:
            return silent
    return None


def _agreements(scheme: Scheme, reads: Reads) -> Iterator[tuple[str, Text]]:
    """The agreements on every day on which a value begins."""
    told = set()
    for begins in sorted({value.since for parameter in scheme.parameters for value in parameter.values}):
        values = {name: value.value for name, value in scheme.values(begins).items()}
        for agrees in reads.agreements:
            found = agrees(values)
            if found is not None and found not in told:
                told.add(found)
                yield f"parameters.{found[0]}.values", found[1]
