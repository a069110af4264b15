"""What a quarter's statements are computed from, read from the books: parties, certified returns, certified balances."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy import select as sqlalchemy_select
from sqlmodel import Session, col, select

from kernel.audit.chain import canonical
from kernel.parties.models import Institution, Party, PartyStatus
from kernel.parties.service import StatusSpan, institutions
from kernel.periods import Quarter
from settlement.certified_balances.models import CertifiedBalance
from settlement.certified_balances.service import in_force
from settlement.growth_reward import GrowthRule, LegalPerson, family
from settlement.returns.models import LoanReturn
from settlement.returns.service import certified_returns
from settlement.returns.workflow import CERTIFIED

LOCAL = "local_legal_person"

Key = tuple[str, Quarter]


@dataclass(frozen=True)
class Facts:
    """The facts of one quarter; returns and balances by institution code and quarter."""

    persons: Mapping[str, LegalPerson]
    party_ids: Mapping[str, int]
    returns: Mapping[Key, LoanReturn]
    balances: Mapping[Key, CertifiedBalance]

    def members(self, code: str, on: date) -> tuple[LegalPerson, ...]:
        """The institution and those it has taken over."""
        return family(self.persons[code], self.persons, on)


def _span(spans: list[StatusSpan], on: date) -> StatusSpan | None:
    """The span that holds on the day, else the last that began before it, else the first."""
    holding = [span for span in spans if span.holds_on(on)]
    begun = [span for span in spans if span.since <= on]
    return next(iter(holding or begun[-1:] or spans), None)


def _local_spans(db: Session) -> dict[int, list[StatusSpan]]:
    """Since and until when each institution is a local legal person, earliest first, in one query."""
    query = select(PartyStatus).where(PartyStatus.status == LOCAL).order_by(col(PartyStatus.since))
    spans: dict[int, list[StatusSpan]] = {}
    for row in db.exec(query):
        spans.setdefault(row.party_id, []).append(StatusSpan(row.status, row.since, row.until, row.reference))
    return spans


def _person(
    party: Party, institution: Institution, span: StatusSpan | None, successor: str | None, on: date
) -> LegalPerson:
    """As known on the day: an end that lies after it is nothing to a quarter before it."""
    ended = span is not None and span.until is not None and span.until <= on
    return LegalPerson(
        code=party.code,
        name=party.name,
        kind=institution.kind,
        region=party.fiscal_region,
        local_from=span.since if span else None,
        local_until=span.until if span and ended else None,
        successor_code=successor if ended or span is None else None,
    )


def legal_persons(db: Session, on: date) -> dict[str, tuple[int, LegalPerson]]:
    """Every institution as the rules see it on a day, with its row number, by code."""
    found, spans = institutions(db), _local_spans(db)
    codes = {party.id: party.code for party, _ in found}
    persons: dict[str, tuple[int, LegalPerson]] = {}
    for party, institution in found:
        span = _span(spans.get(institution.party_id, []), on)
        successor = codes.get(institution.successor_id) if institution.successor_id else None
        persons[party.code] = (institution.party_id, _person(party, institution, span, successor, on))
    return persons


def gather(db: Session, rule: GrowthRule) -> Facts:
    """The facts of the rule's quarter and of every quarter end it may need."""
    persons = legal_persons(db, rule.quarter.last_day)
    codes = {party_id: code for code, (party_id, _) in persons.items()}
    return Facts(
        persons={code: person for code, (_, person) in persons.items()},
        party_ids={code: party_id for code, (party_id, _) in persons.items()},
        returns={
            (codes[filed.institution_id], Quarter.parse(filed.quarter)): filed
            for filed in certified_returns(db, rule.quarters)
            if filed.institution_id in codes
        },
        balances={
            (codes[party_id], quarter): balance
            for (party_id, quarter), balance in in_force(db, rule.quarters).items()
            if party_id in codes
        },
    )


def books_digest(db: Session) -> str:
    """One SHA-256 over all in the books that any quarter's growth statements can depend on, every quarter together; four queries."""
    party, filed, figure = Party, LoanReturn, CertifiedBalance
    parties = _columns(
        party.id, party.code, party.name, party.fiscal_region, Institution.kind, Institution.successor_id
    )
    spans = _columns(PartyStatus.party_id, PartyStatus.since, PartyStatus.until)
    returns = _columns(filed.institution_id, filed.quarter, filed.version, filed.row_digest)
    queries = (
        parties.join(Institution, col(Institution.party_id) == col(party.id)),
        spans.where(col(PartyStatus.status) == LOCAL),
        returns.where(col(filed.state) == CERTIFIED, col(filed.kind) == "loans"),
        _columns(figure.institution_id, figure.quarter, figure.version, figure.balance, figure.document),
    )
    said = [sorted(repr(tuple(row)) for row in db.execute(query)) for query in queries]
    return hashlib.sha256(canonical({"books": said}).encode()).hexdigest()


def _columns(*columns: Any) -> Select[Any]:
    return sqlalchemy_select(*columns)


def due(persons: Iterable[LegalPerson], rule: GrowthRule) -> list[LegalPerson]:
    """The institutions with a statement for the rule's quarter, by code."""
    day = rule.quarter.last_day
    return sorted((one for one in persons if rule.may_reward(one, day)), key=lambda one: one.code)


def _of_family(members: Iterable[LegalPerson], quarters: Iterable[Quarter]) -> list[Key]:
    return [(member.code, quarter) for member in members for quarter in quarters]


def inputs_digest(facts: Facts, code: str, rule: GrowthRule, policies: Mapping[str, str]) -> str:
    """One SHA-256 over everything an institution's statement depends on; `policies` are the digests it is computed under."""
    members = facts.members(code, rule.quarter.last_day)
    keys = _of_family(members, rule.quarters)
    said: dict[str, Any] = {
        "quarter": str(rule.quarter),
        "members": [{name: _plain(value) for name, value in asdict(member).items()} for member in members],
        "returns": {_name(key): _return(facts.returns[key]) for key in keys if key in facts.returns},
        "balances": {_name(key): _balance(facts.balances[key]) for key in keys if key in facts.balances},
        "policies": dict(policies),
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def _name(key: Key) -> str:
    return f"{key[0]}/{key[1]}"


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _return(filed: LoanReturn) -> list[object]:
    return [filed.version, filed.row_digest]


def _balance(balance: CertifiedBalance) -> list[object]:
    return [balance.version, balance.balance, balance.document]
