"""Statements of the event awards: one a beneficiary, scheme and quarter, each accepted claim a line of it, a cap a line of its own.

A quarter's awards are those whose qualifying day lies in it. They are computed anew under the present policies, so that a later
decision changes the statement and nothing else.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import groupby
from typing import Any

from sqlmodel import Session

from kernel.audit.chain import canonical
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.policies import PolicyBook
from settlement import fiscal_shares
from settlement.awards.accepted import AcceptedAward, accepted_awards
from settlement.awards.granting import parameter_told
from settlement.fiscal_shares import Share, ShareRule, share_rule_in_force, split, split_mode
from settlement.returns.filing import Premises
from settlement.statements.drafter import AwardLine, Beneficiary, ComputedStatement, Due
from settlement.statements.explanation import clause_told, parameters_told, shares_told

UNDECIDED = "award_undecided"
HOLDS = {UNDECIDED: Text("缺有文号的决定，金额还算不出", "A document has to decide before the amount is known")}
SHORT_HOLDS = {UNDECIDED: Text("缺决定", "Undecided")}
CAP = Text("超过上限的部分", "What exceeds the cap")
# clause and title of each scheme, as in its policy file
SCHEMES = {
    "rent-subsidy-support": (4, Text("房租补贴奖补", "Rent-subsidy support")),
    "full-load-award": (5, Text("满负荷生产奖励", "Full-load production award")),
    "bridging-fund": (6, Text("应急转贷资金", "Bridging fund")),
    "job-placement-subsidy": (11, Text("职业介绍补贴", "Job-placement subsidy")),
    "job-retention-rebate": (13, Text("稳岗返还、一次性吸纳就业补贴", "Job-retention rebate and hiring subsidy")),
    "apprentice-subsidy": (14, Text("新型学徒制培训补贴", "New-type apprentice subsidy")),
    "social-insurance-subsidy": (15, Text("社会保险补贴", "Social-insurance subsidy")),
    "voucher-support": (16, Text("消费券奖补", "Voucher support")),
    "overseas-warehouse-support": (20, Text("海外仓示范企业扶持", "Overseas-warehouse support")),
    "loan-interest-subsidy": (24, Text("贷款利息补贴", "Loan-interest subsidy")),
    "pedestrian-street-award": (25, Text("步行街、消费集聚区奖励", "Pedestrian-street award")),
    "new-model-merchant-award": (26, Text("小微商贸创新奖励", "New-model merchant award")),
    "first-entry-award": (27, Text("首次入库奖励", "First-entry award")),
    "first-entry-revenue-award": (28, Text("首次入库营收加奖", "First-entry revenue award")),
    "reaching-scale-performance-award": (29, Text("小升规工作考核奖励", "Reaching-scale performance award")),
    "loan-risk-compensation": (30, Text("贷款风险补偿", "Loan-risk compensation")),
    "board-listing-award": (32, Text("上市分段奖励", "Board-listing award")),
    "neeq-listing-award": (33, Text("新三板挂牌奖励", "NEEQ listing award")),
    "zhongyuan-listing-award": (34, Text("中原股权交易中心挂牌奖励", "Zhongyuan exchange listing award")),
    "zhongyuan-refinancing-award": (35, Text("中原股权交易中心再融资奖励", "Zhongyuan exchange refinancing award")),
    "equipment-subsidy": (37, Text("小巨人设备软件补助", "Little-giant equipment subsidy")),
    "little-giant-award": (38, Text("小巨人首次认定奖励", "Little-giant award")),
    "specialised-firm-award": (39, Text("专精特新首次认定奖励", "Specialised-firm award")),
    "service-platform-award": (40, Text("示范平台、示范基地奖励", "Service-platform award")),
    "platform-assessment-award": (41, Text("示范平台年度考核奖励", "Platform assessment award")),
    "specialised-firm-bridging": (42, Text("专精特新应急周转、助保贷", "Specialised-firm bridging and assisted loans")),
}


@dataclass(frozen=True)
class AwardInputs:
    """The accepted awards of one scheme and quarter, by beneficiary."""

    scheme: str
    book: PolicyBook
    awards: Sequence[AcceptedAward]

    @cached_property
    def _by_party(self) -> Mapping[int, Sequence[AcceptedAward]]:
        ordered = groupby(self.awards, key=lambda award: award.grant.beneficiary_id)
        return {party_id: tuple(group) for party_id, group in ordered}

    @cached_property
    def dues(self) -> Sequence[Due]:
        return [self._due(group) for group in self._by_party.values()]

    def _due(self, group: Sequence[AcceptedAward]) -> Due:
        party, last = group[-1].party, group[-1].grant
        beneficiary = Beneficiary(last.beneficiary_id, party.code, party.name, last.region)
        facts = [[one.grant.id, one.grant.digest, one.line.amount, one.line.uncapped, one.line.split] for one in group]
        rule = _share_rule(self.book, group[-1])
        content = {"awards": facts, "policy": group[-1].line.policy_digest, "shares": rule.policy_digest}
        return Due(beneficiary, hashlib.sha256(canonical(content).encode()).hexdigest())

    def compute(self, due: Due) -> ComputedStatement:
        group = self._by_party[due.beneficiary.party_id]
        unknown = any(one.line.amount is None for one in group)
        shares = () if unknown else _shared(group, self.book)
        rule = _share_rule(self.book, group[-1])
        return ComputedStatement(
            due=due,
            amount=None if unknown else sum(one.line.amount or 0 for one in group),
            holds=(UNDECIDED,) if unknown else (),
            shares=shares,
            lines=tuple(line for one in group for line in _lines(one)),
            explanation=self._explained(due, group, shares, rule),
            policy_digest=group[-1].line.policy_digest,
            shares_digest=rule.policy_digest,
        )

    def _explained(
        self, due: Due, group: Sequence[AcceptedAward], shares: Sequence[Share], rule: ShareRule
    ) -> dict[str, Any]:
        day = max(one.grant.day for one in group)
        return {
            "scheme": self.scheme,
            "quarter": group[0].grant.quarter,
            "day": day.isoformat(),
            "beneficiary": {
                "code": due.beneficiary.code,
                "name": due.beneficiary.name,
                "region": due.beneficiary.region,
            },
            "clauses": [clause_told(self.book.scheme(self.scheme).clauses[0])],
            "parameters": _read(group),
            "share_parameters": parameters_told(self.book.scheme(fiscal_shares.SCHEME), day),
            "awards": [_told(one) for one in group],
            "shares": shares_told(shares),
            "digests": {
                "inputs": due.inputs_digest,
                "policy": group[-1].line.policy_digest,
                "shares": rule.policy_digest,
            },
        }


def _share_rule(book: PolicyBook, award: AcceptedAward) -> ShareRule:
    return share_rule_in_force(book, award.grant.day)


def _shared(group: Sequence[AcceptedAward], book: PolicyBook) -> tuple[Share, ...]:
    """Every award split by its own region and day, then added up by payer, in the order in which payers first appear."""
    sums: dict[str, list[Share]] = {}
    for one in (award for award in group if award.line.is_due):
        mode, rule = split_mode(one.line.split), _share_rule(book, one)
        for share in split(one.line.amount or 0, one.grant.region, rule, by=mode):
            sums.setdefault(share.payer, []).append(share)
    return tuple(_together(payer, parts, group) for payer, parts in sums.items())


def _together(payer: str, parts: Sequence[Share], group: Sequence[AcceptedAward]) -> Share:
    """A payer's parts of several awards as one; its part is exact, also where the awards are shared in different ways."""
    amount, whole = sum(part.amount for part in parts), sum(one.line.amount or 0 for one in group)
    same = len(parts) == sum(one.line.is_due for one in group) and len({part.part for part in parts}) == 1
    return Share(payer, parts[0].part if same or not whole else Fraction(amount, whole), amount)


def _lines(award: AcceptedAward) -> Iterable[AwardLine]:
    """The award of one claim, and what a cap takes off."""
    line, subject = award.line, _subject(award)
    read = tuple(dict.fromkeys(parameter.name for parameter in line.parameters))
    whole = line.amount if not line.is_due or line.uncapped is None else line.uncapped
    yield AwardLine(line.clause.title, line.clause.number, line.base, line.rate, whole, subject, read)
    if line.is_due and whole is not None and whole != line.amount:
        yield AwardLine(CAP, line.clause.number, None, "", (line.amount or 0) - whole, subject, ("cap", "annual_cap"))


def _subject(award: AcceptedAward) -> str:
    """The claim, and what of the scheme it is."""
    parts = (f"#{award.claim.id}", award.grant.day.isoformat(), award.grant.document)
    return " ".join(part for part in parts if part)[:80]


def _told(award: AcceptedAward) -> dict[str, Any]:
    line = award.line
    return {
        "claim": award.claim.id,
        "filed": award.claim.digest,
        "granted": award.grant.digest,
        "day": award.grant.day.isoformat(),
        "region": award.grant.region,
        "document": award.grant.document,
        "once": award.grant.once_key,
        "amount": line.amount,
        "granted_amount": award.grant.amount,
        "written": list(line.written) if line.written else None,
        "reasons": [[one.code, *one.text] for one in line.reasons],
    }


def _read(group: Sequence[AcceptedAward]) -> list[dict[str, Any]]:
    """Every dated value that was read, once."""
    found = {(one.scheme, one.name, one.since): one for award in group for one in award.line.parameters}
    return [{**parameter_told(one), "note": None} for one in found.values()]


@dataclass(frozen=True)
class EventAwardDrafter:
    """One scheme of event awards; its title is the scheme's in the policy files, its prefix the clause of the register."""

    scheme: str
    clause: int
    title: Text

    @property
    def prefix(self) -> str:
        return f"A{self.clause:02d}"

    @property
    def hold_titles(self) -> Mapping[str, Text]:
        return HOLDS

    @property
    def short_holds(self) -> Mapping[str, Text]:
        return SHORT_HOLDS

    def quarters(self, book: PolicyBook, before: date) -> tuple[Quarter, ...]:
        clause = book.scheme(self.scheme).clauses[0]
        first = Quarter.containing(clause.valid_from)
        last = Quarter.containing(clause.valid_until or before)
        return tuple(quarter for quarter in first.through(last) if quarter.last_day < before)

    def read(self, db: Session, quarter: Quarter, premises: Premises) -> AwardInputs:
        awards = accepted_awards(db, premises.book, scheme=self.scheme, quarter=quarter)
        return AwardInputs(self.scheme, premises.book, awards)


DRAFTERS = tuple(EventAwardDrafter(scheme, clause, title) for scheme, (clause, title) in SCHEMES.items())
