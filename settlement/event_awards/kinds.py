"""Every kind of event that can be claimed, by the scheme under which it is known."""

from kernel.errors import NotFound
from settlement.event_awards import entry, jobs, listings, production, recognitions, support, transfers
from settlement.event_awards.kind import AwardKind

EVENT_KINDS: dict[str, AwardKind] = {
    kind.id: kind
    for kind in (
        entry.KIND,
        *recognitions.KINDS,
        *listings.KINDS,
        production.KIND,
        *jobs.KINDS,
        *support.KINDS,
        *transfers.KINDS,
    )
}
EVENT_SCHEMES: dict[str, AwardKind] = {scheme: kind for kind in EVENT_KINDS.values() for scheme in kind.rules}


def kind_of(name: str) -> AwardKind:
    """The kind of this id; NotFound for anything else."""
    if name not in EVENT_KINDS:
        raise NotFound("award_kind_not_found", f"没有“{name[:40]}”这种奖补", f"There is no award “{name[:40]}”")
    return EVENT_KINDS[name]
