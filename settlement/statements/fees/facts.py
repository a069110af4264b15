"""What a quarter's fee-subsidy statements are computed from, read from the books: guarantors and their certified returns."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field

from sqlmodel import Session, col, select

from kernel.audit.chain import canonical
from kernel.parties.service import institutions
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from kernel.policies.canonical import digest
from settlement import fiscal_shares
from settlement.fee_subsidy import FeeRule, Filed, Formula, GuaranteeCompany, fee_rule_in_force
from settlement.fee_subsidy.joining import joined
from settlement.fiscal_shares import ShareRule, share_rule_in_force
from settlement.mergers.reading import mergers_until
from settlement.returns.guarantee_rows import read_guarantees
from settlement.returns.keeping import Keeping
from settlement.returns.kinds import GUARANTEES
from settlement.returns.models import LoanReturn
from settlement.returns.workflow import CERTIFIED
from settlement.statements.drafter import deciding


@dataclass(frozen=True)
class CertifiedGuarantees:
    """One certified guarantee return: its row in the books, its version, and the digest of its rows."""

    return_id: int
    version: int
    row_digest: str


Key = tuple[str, Quarter]


@dataclass(frozen=True)
class FeeFacts:
    """Guarantors by code, and their certified returns up to the quarter by code and quarter."""

    companies: Mapping[str, GuaranteeCompany]
    party_ids: Mapping[str, int]
    returns: Mapping[Key, CertifiedGuarantees]
    heirs: Mapping[str, str] = field(
        default_factory=dict
    )  # who has ended by the quarter's last day, and into whom it went

    @property
    def standing(self) -> list[str]:
        """The guarantors that have not gone into another one, by code."""
        return sorted(code for code in self.companies if code not in self.heirs)

    def heir(self, code: str) -> str:
        """Where the contracts of a guarantor count: with the last of its line."""
        while code in self.heirs:
            code = self.heirs[code]
        return code

    def line(self, codes: Iterable[str]) -> list[str]:
        """Some guarantors and those that have gone into them."""
        wanted = set(codes)
        return sorted(code for code in self.companies if self.heir(code) in wanted)

    def of(self, codes: Iterable[str]) -> dict[Key, CertifiedGuarantees]:
        """The returns of some guarantors, in order."""
        wanted = set(codes)
        return {key: self.returns[key] for key in sorted(self.returns) if key[0] in wanted}


@dataclass(frozen=True)
class FeeRules:
    """The rules of a quarter, and the digests of what in them decides an amount."""

    fee: FeeRule
    shares: ShareRule
    inputs: Mapping[str, str]

    @property
    def shares_a_pool(self) -> bool:
        """Whether one guarantor's amount hangs on the others' contracts."""
        return any(self.fee.formula_of(year) is Formula.POOL_SHARE for year in self.fee.years)

    def rest_on(self, code: str, facts: FeeFacts) -> list[str]:
        """The guarantors whose returns a statement is computed from."""
        return facts.line(facts.standing if self.shares_a_pool else [code])


def fee_rules_of(book: PolicyBook, quarter: Quarter) -> FeeRules:
    """The rules of a quarter; raises `PolicySilent` outside the scheme's dates, `Refused` where a year is not over."""
    day = quarter.last_day
    shares = book.scheme(fiscal_shares.SCHEME)
    fee = fee_rule_in_force(book, quarter)
    inputs = {"fee_subsidy": fee.policy_digest, "fiscal_shares": digest(deciding(shares, day))}
    return FeeRules(fee, share_rule_in_force(book, day), inputs)


def gather(db: Session, rule: FeeRule) -> FeeFacts:
    """The guarantors that the policy names, and what they have filed and certified up to the quarter."""
    found = [(party, one) for party, one in institutions(db) if one.kind in rule.institution_kinds]
    codes = {party.id: party.code for party, _ in found}
    query = select(LoanReturn).where(
        LoanReturn.kind == GUARANTEES.name,
        LoanReturn.state == CERTIFIED,
        LoanReturn.quarter <= str(rule.quarter),
        col(LoanReturn.institution_id).in_([one.party_id for _, one in found]),
    )
    return FeeFacts(
        companies={
            party.code: GuaranteeCompany(party.code, party.name, one.kind, party.fiscal_region, one.government_backed)
            for party, one in found
        },
        party_ids={party.code: one.party_id for party, one in found},
        heirs={
            codes[one.absorbed_id]: codes[one.into_id]
            for one in mergers_until(db, rule.quarter.last_day)
            if one.absorbed_id in codes and one.into_id in codes
        },
        returns={
            (codes[one.institution_id], Quarter.parse(one.quarter)): CertifiedGuarantees(
                one.id or 0, one.version, one.row_digest or ""
            )
            for one in db.exec(query)
        },
    )


def inputs_digest(facts: FeeFacts, code: str, rules: FeeRules) -> str:
    """One SHA-256 over everything a guarantor's statement depends on."""
    codes = rules.rest_on(code, facts)
    said = {
        "quarter": str(rules.fee.quarter),
        "guarantor": code,
        "guarantors": [asdict(facts.companies[each]) for each in codes],
        "returns": {
            f"{owner}/{quarter}": [one.version, one.row_digest] for (owner, quarter), one in facts.of(codes).items()
        },
        "policies": dict(rules.inputs),
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def filed_rows(facts: FeeFacts, codes: Iterable[str], keeping: Keeping) -> Filed:
    """The rows of the certified returns of some guarantors, from their canonical files; of merged ones, under the heir's code."""
    filed = {
        key: read_guarantees(key[1], keeping.tape(one.row_digest), keeping.events(one.row_digest), one.row_digest)
        for key, one in facts.of(codes).items()
    }
    return joined(filed, facts.heir)
