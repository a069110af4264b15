"""The verifier: everything recomputed from the certificate alone."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator

from matchmaking.verifier.findings import PaperFinding, finding
from matchmaking.verifier.paper import FORMATS, Firm, Malformed, Paper, load, read
from matchmaking.verifier.reserves import other_counts, reserved_seats
from matchmaking.verifier.rounds import blocking, coverage, limits, reproduced
from matchmaking.verifier.slots import bound, places


def _digest(paper: Paper) -> Iterator[PaperFinding]:
    content = json.dumps(paper.body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    if hashlib.sha256(content.encode()).hexdigest() != paper.digest:
        yield finding("digest")


def _lottery(paper: Paper) -> Iterator[PaperFinding]:
    if hashlib.sha256(paper.seed).hexdigest() != paper.commitment:
        yield finding("commitment")


def _sides(paper: Paper) -> Iterator[PaperFinding]:
    for names in ([firm.name for firm in paper.firms], [house.name for house in paper.houses]):
        if names != sorted(set(names)):
            yield finding("names", len(names))
    for house in paper.houses:
        if house.desks < 1 or not 0 <= house.seats <= house.desks * paper.slots:
            yield finding("sides", house.name)
    for firm in paper.firms:
        if firm.wants > paper.slots or firm.wants < 0 or firm.tier < 0:
            yield finding("sides", firm.name)


def _edges(paper: Paper) -> Iterator[PaperFinding]:
    pairs = Counter((edge.firm, edge.house) for edge in paper.edges)
    if len(pairs) < len(paper.edges):
        yield finding("edges", pairs.most_common(1)[0][0])
    ranks: dict[int, list[int]] = {}
    for edge in paper.edges:
        ranks.setdefault(edge.firm, []).append(edge.firm_rank)
    for firm, stated in ranks.items():
        if sorted(stated) != list(range(1, len(stated) + 1)):
            yield finding("enterprise_rank", paper.firms[firm].name)


def _bank_order(paper: Paper) -> Iterator[PaperFinding]:
    """Each bank's order is the tier, then the fit, then the ticket SHA-256(seed | pseudonym)."""
    tickets = [hashlib.sha256(paper.seed + b"|" + firm.name.encode()).hexdigest() for firm in paper.firms]
    asked: dict[int, list[tuple[int, int, str, str, int]]] = {}
    for edge in paper.edges:
        firm = paper.firms[edge.firm]
        asked.setdefault(edge.house, []).append((firm.tier, -edge.fit, tickets[edge.firm], firm.name, edge.house_rank))
    for house, rows in asked.items():
        if [row[-1] for row in sorted(rows)] != list(range(1, len(rows) + 1)):
            yield finding("bank_rank", paper.houses[house].name)


def _group_names(firm: Firm) -> dict[str, str]:
    return {
        "all": "all",
        "county": firm.county,
        "size": firm.size or "unknown",
        "first_loan": "yes" if firm.first_loan else "no",
        "pool": "yes" if firm.pool else "no",
    }


def _counts(paper: Paper) -> Iterator[PaperFinding]:
    could = {edge.firm for edge in paper.edges}
    meetings = Counter(pair[0] for sitting in paper.sittings for pair in sitting.pairs)
    expected: dict[str, dict[str, dict[str, int]]] = {
        name: {} for name in ("all", "county", "size", "first_loan", "pool")
    }
    for place, firm in enumerate(paper.firms):
        for grouping, group in _group_names(firm).items():
            row = expected[grouping].setdefault(group, {"enterprises": 0, "could_meet": 0, "met": 0, "meetings": 0})
            row["enterprises"] += 1
            row["could_meet"] += place in could
            row["met"] += meetings[place] > 0
            row["meetings"] += meetings[place]
    for grouping, rows in expected.items():
        if paper.counts.get(grouping) != rows:
            yield finding("counts", grouping)


CHECKS = (
    _digest,
    _lottery,
    _sides,
    reserved_seats,
    _edges,
    _bank_order,
    limits,
    blocking,
    coverage,
    places,
    bound,
    _counts,
    other_counts,
)


def verify(content: bytes, published_commitment: str | None = None) -> tuple[PaperFinding, ...]:
    """All that does not hold in a certificate; empty if everything does.

    `published_commitment`: the lottery's commitment as it was published before sign-up closed. Without it a certificate whose
    seed was chosen afterwards cannot be told from a true one.
    """
    try:
        document = load(content)
        if document.get("format") not in FORMATS:
            return (finding("format_unknown", document.get("format")),)
        paper = read(document)
    except Malformed as error:
        return (finding("malformed", error),)
    found = [one for check in CHECKS for one in check(paper)]
    if published_commitment is not None and published_commitment.strip().lower() != paper.commitment:
        found.append(finding("published_commitment"))
    if not any(one.code in ("edges", "enterprise_rank", "sides", "reserved") for one in found):
        found += reproduced(paper)
    return tuple(found)
