"""Claims: drafted, filed with every paper, decided by a second person, granted once."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, select

from kernel import database
from kernel.accounts.service import Caller
from kernel.audit.service import entries_about
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, NotFound, Refused
from kernel.parties.models import Enterprise
from kernel.parties.service import StatusSpan, record_statuses
from kernel.periods import Quarter
from settlement.awards import evidence, service
from settlement.awards.accepted import accepted_awards
from settlement.awards.dishonesty import record_listing, suspended_until
from settlement.awards.judging import StatedClaim, judge_claim
from settlement.awards.models import AwardClaim, AwardGrant
from settlement.awards.scope import claim_by_id
from settlement.awards.service import SaidWithMove
from tests.factories import NOW, make_enterprise, make_person
from tests.kernel.test_database import in_threads
from tests.settlement.awards.desk import ENTRY, PDF, TODAY, WAN, Desk

FIRST = {"is_first": True}


def grants(desk: Desk) -> list[tuple[str, int, str]]:
    rows = desk.db.exec(select(AwardGrant).order_by(AwardGrant.id))  # type: ignore[arg-type]
    return [(row.scheme, row.amount, row.once_key) for row in rows if row.revoked_at is None]


def test_a_firm_that_nobody_official_has_confirmed_files_no_claim(desk: Desk) -> None:
    def confirmed(db: Session, value: bool) -> None:
        db.get_one(Enterprise, desk.firm.id).identity_confirmed = value

    claim = desk.draft()
    desk.attach_all(claim)
    desk.write(lambda db: confirmed(db, False))
    with pytest.raises(Refused) as refused:
        desk.move(claim, "file")
    assert refused.value.code == "identity_unconfirmed"
    desk.write(lambda db: confirmed(db, True))
    assert desk.move(claim, "file").state == "filed"


def test_an_accepted_first_entry_grants_both_parts(desk: Desk) -> None:
    claim = desk.accepted()
    assert (claim.state, claim.amount, claim.decided_by) == ("accepted", 8 * WAN, desk.officer.account_id)
    assert grants(desk) == [
        ("first-entry-award", 5 * WAN, "life"),
        ("first-entry-revenue-award", 3 * WAN, "life"),
    ]
    acts = [entry.act for entry in entries_about(desk.db, ("award_claim", claim.id))]
    assert acts == [
        "award_claim.draft",
        "award_claim.attach",
        "award_claim.attach",
        "award_claim.file",
        "award_claim.accept",
    ]


def test_a_claim_without_its_papers_is_not_filed(desk: Desk) -> None:
    claim = desk.draft()
    desk.attach(claim, "register_notice")
    with pytest.raises(Refused) as refused:
        desk.move(claim, "file")
    assert refused.value.code == "papers_missing"
    assert "利润表" in refused.value.text.zh


def test_a_claim_that_the_rule_refuses_is_not_filed_and_says_why(desk: Desk) -> None:
    claim = desk.draft(facts={"was_in_register": True, "revenue": 0})
    desk.attach_all(claim)
    with pytest.raises(Refused) as refused:
        desk.move(claim, "file")
    assert refused.value.code == "rule_says_no"
    assert "退规" in refused.value.text.zh


def test_a_row_that_waits_for_a_document_is_refused_with_the_clause_and_what_is_missing(desk: Desk) -> None:
    facts = {"batch": "1", "rent_subsidised": 100 * WAN}
    claim = desk.draft("rent-subsidy-support", facts, by=desk.county)
    assert claim.amount is None
    desk.attach_all(claim, desk.county)
    with pytest.raises(Refused) as refused:
        desk.move(claim, "file", desk.county)
    assert "条款 4" in refused.value.text.zh
    assert "按各县实际补贴房租总额奖补的比例" in refused.value.text.zh


def test_a_filed_claim_cannot_be_changed(desk: Desk) -> None:
    claim = desk.filed()
    stated = StatedClaim(claim.scheme, claim.day, "", ENTRY)
    with pytest.raises(Conflict):
        desk.write(
            lambda db: service.change(
                db, desk.owner, claim.id or 0, stated, seen=claim.version, book=desk.book, at=NOW, today=TODAY
            )
        )
    with pytest.raises(Conflict):
        desk.attach(claim, "register_notice", PDF + b"other")


def test_a_draft_changes_from_the_version_that_was_seen(desk: Desk) -> None:
    claim = desk.draft()
    stated = StatedClaim(claim.scheme, date(2022, 9, 1), "1号", {**ENTRY, "revenue": 1})

    def change(db: Session) -> AwardClaim:
        return service.change(db, desk.owner, claim.id or 0, stated, seen=1, book=desk.book, at=NOW, today=TODAY)

    changed = desk.write(change)
    assert (changed.version, changed.amount, changed.document) == (2, 5 * WAN, "1号")
    with pytest.raises(Conflict):
        desk.write(change)


def test_an_acceptance_binds_to_what_was_shown(desk: Desk) -> None:
    claim = desk.filed()
    with pytest.raises(Conflict) as conflict:
        desk.move(claim, "accept", desk.officer, digest="0" * 64)
    assert conflict.value.code == "claim_changed_meanwhile"
    assert grants(desk) == []


def test_the_same_event_is_granted_once_and_the_second_claim_cannot_be_accepted(desk: Desk) -> None:
    first, second = desk.filed(), desk.filed()
    shown = desk.digest(second)
    desk.accept(first)
    with pytest.raises(Refused) as refused:
        desk.move(second, "accept", desk.officer, digest=shown)
    assert "已按条款 27 奖过" in refused.value.text.zh


@pytest.mark.both_databases
def test_the_database_keeps_once_only_without_the_service(desk: Desk) -> None:
    desk.accepted()
    kept = desk.db.exec(select(AwardGrant)).first()
    assert kept is not None
    values = {name: getattr(kept, name) for name in AwardGrant.model_fields if name not in ("id", "claim_id")}
    other = desk.draft()
    with pytest.raises(IntegrityError):
        desk.write(lambda db: _add(db, AwardGrant(claim_id=other.id, **values)))


def _add(db: Session, row: Any) -> None:
    db.add(row)
    db.flush()


def test_whoever_filed_a_claim_does_not_decide_it(desk: Desk) -> None:
    code = desk.firm.code
    claim = desk.filed(by=desk.operator, code=code)
    for verb in ("accept", "refuse", "return"):
        with pytest.raises(Refused) as refused:
            desk.move(claim, verb, desk.operator, digest=desk.digest(claim), code="other", note="x")
        assert refused.value.code == "two_persons"
    desk.accept(claim, desk.second)
    assert len(grants(desk)) == 2


def test_a_refusal_has_a_code_and_words_and_a_return_goes_back_to_the_draft(desk: Desk) -> None:
    claim = desk.filed()
    with pytest.raises(Invalid) as invalid:
        desk.move(claim, "refuse", desk.officer)
    assert [error.field for error in invalid.value.errors] == ["note", "code"]
    returned = desk.move(claim, "return", desk.officer, note="缺第二页")
    assert (returned.state, returned.note) == ("draft", "缺第二页")
    again = desk.move(claim, "file")
    refused = desk.move(again, "refuse", desk.officer, code="not_proven", note="看不出入库日期")
    assert (refused.state, refused.refusal_code) == ("refused", "not_proven")


def test_a_revoked_acceptance_frees_the_event_and_keeps_the_rows(desk: Desk) -> None:
    claim = desk.accepted()
    desk.move(claim, "revoke", desk.officer, note="材料不实")
    assert grants(desk) == []
    assert len(desk.db.exec(select(AwardGrant)).all()) == 2
    desk.accepted()
    assert [amount for _, amount, _ in grants(desk)] == [5 * WAN, 3 * WAN]


def test_only_the_applicant_files_and_withdraws_and_only_the_bureau_decides(desk: Desk) -> None:
    claim = desk.filed()
    for verb in ("accept", "refuse", "return"):
        with pytest.raises(Forbidden):
            desk.move(claim, verb, desk.owner, note="x", code="other")
    with pytest.raises(Forbidden):
        desk.move(claim, "withdraw", desk.officer)
    assert desk.move(claim, "withdraw").state == "withdrawn"
    for verb in ("file", "accept", "withdraw"):
        with pytest.raises(Conflict):
            desk.move(claim, verb, desk.officer if verb == "accept" else desk.owner)


def test_the_industry_officer_decides_industry_awards_and_not_those_of_the_finance_bureau(desk: Desk) -> None:
    claim = desk.filed("neeq-listing-award", {})
    with pytest.raises(Forbidden):
        desk.move(claim, "accept", desk.officer, digest=desk.digest(claim))
    desk.accept(claim, desk.operator)
    assert grants(desk) == [("neeq-listing-award", 200 * WAN, "life")]


def test_another_firms_claim_is_no_claim(desk: Desk) -> None:
    claim = desk.filed()
    stranger = make_person(desk.db, make_enterprise(desk.db, "别家有限公司"), "owner")
    with pytest.raises(NotFound):
        claim_by_id(desk.db, stranger, claim.id or 0)
    assert service.claims_of(desk.db, stranger) == []
    with pytest.raises(NotFound):
        evidence.paper_by_id(desk.db, stranger, claim.id or 0, 1)
    assert [row.claim.id for row in service.claims_of(desk.db, desk.owner)] == [claim.id]


def test_a_county_sees_the_filed_claims_of_its_region_only(desk: Desk) -> None:
    desk.filed()
    assert service.claims_of(desk.db, desk.county) == []
    firm = make_enterprise(desk.db, "昆阳刀具有限公司", region="410422")
    own = desk.filed(by=make_person(desk.db, firm, "clerk"))
    assert [row.claim.id for row in service.claims_of(desk.db, desk.county)] == [own.id]


def test_a_draft_is_seen_by_its_own_side_alone(desk: Desk) -> None:
    own = desk.draft()
    entered = desk.draft(by=desk.officer, code=desk.firm.code)
    seen = {
        who.role: {row.claim.id for row in service.claims_of(desk.db, who)}
        for who in (desk.owner, desk.officer, desk.operator)
    }
    assert seen == {"owner": {own.id}, "industry_officer": {entered.id}, "operator": set()}


def test_a_firm_claims_for_itself_whatever_code_it_names(desk: Desk) -> None:
    other = make_enterprise(desk.db, "别家有限公司")
    assert desk.draft(code=other.code).beneficiary_id == desk.firm.id


def test_a_firm_does_not_claim_what_is_for_counties(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        desk.draft("rent-subsidy-support", {"batch": "1", "rent_subsidised": 1})


def test_serious_dishonesty_lets_a_claim_be_filed_and_suspends_its_acceptance(desk: Desk) -> None:
    spans = [StatusSpan("dishonest", date(2022, 6, 1), None, "信用公示")]
    desk.write(lambda db: record_statuses(db, desk.firm.id or 0, spans))
    claim = desk.filed("little-giant-award", FIRST)
    with pytest.raises(Refused) as refused:
        desk.move(claim, "accept", desk.officer, digest=desk.digest(claim))
    assert "2023-06-01 起可付" in refused.value.text.zh
    later = date(2023, 6, 1)
    desk.move(claim, "accept", desk.officer, today=later, digest=desk.digest(claim, later))
    assert grants(desk) == [("little-giant-award", 50 * WAN, "life")]


def test_only_the_operator_records_dishonesty_and_only_once(desk: Desk) -> None:
    def listed(who: Caller, since: date) -> None:
        desk.write(
            lambda db: record_listing(
                db, who, code=desk.firm.code, since=since, document="信用公示", at=NOW, today=TODAY
            )
        )

    with pytest.raises(Forbidden):
        listed(desk.officer, date(2022, 9, 1))
    with pytest.raises(Invalid):
        listed(desk.operator, date(2022, 10, 21))
    listed(desk.operator, date(2022, 9, 1))
    with pytest.raises(Conflict):
        listed(desk.operator, date(2022, 9, 1))
    draft = desk.draft("little-giant-award", FIRST)
    assert judge_claim(desk.db, draft, desk.book, on=TODAY).suspended_until == date(2023, 9, 1)
    party = desk.firm.id or 0
    assert suspended_until(desk.db, party, desk.book, on=date(2023, 8, 31)) == date(2023, 9, 1)
    assert suspended_until(desk.db, party, desk.book, on=date(2023, 9, 1)) is None


def refinancing(number: int, raised: int) -> dict[str, Any]:
    return {"is_listed_there": True, "round": str(number), "raised": raised, "invested_here": raised}


def test_two_rounds_accepted_at_once_never_pass_the_annual_cap(app: Flask, desk: Desk) -> None:
    claims = [desk.filed("zhongyuan-refinancing-award", refinancing(n, 40_000 * WAN)) for n in range(4)]
    shown = [(claim.id or 0, desk.digest(claim)) for claim in claims]
    book, operator = desk.book, desk.operator

    def accept(db: Session, number: int) -> bool:
        claim_id, digest = shown[number]
        try:
            service.move(
                db, operator, claim_id, "accept", book=book, at=NOW, today=TODAY, said=SaidWithMove(digest=digest)
            )
        except (Conflict, Refused):
            return False
        return True

    accepted = in_threads(app, len(shown), accept)
    desk.db.rollback()
    assert sum(accepted) == 1
    assert sum(amount for _, amount, _ in grants(desk)) == 80 * WAN


def test_a_second_round_gets_what_the_cap_leaves(desk: Desk) -> None:
    for number, fen in enumerate((80 * WAN, 20 * WAN)):
        claim = desk.filed("zhongyuan-refinancing-award", refinancing(number, 40_000 * WAN))
        assert desk.accept(claim, desk.operator).amount == fen
    last = desk.draft("zhongyuan-refinancing-award", refinancing(9, WAN))
    assert last.amount == 0


def test_statements_read_the_awards_of_a_quarter_by_scheme(desk: Desk) -> None:
    desk.accepted()
    other = make_enterprise(desk.db, "别家有限公司", region="410422")
    desk.accepted(by=make_person(desk.db, other, "owner"), day=date(2022, 6, 30))
    third, second = Quarter(2022, 3), Quarter(2022, 2)

    def read(quarter: Quarter, scheme: str) -> list[tuple[str, int | None, int]]:
        found = accepted_awards(desk.db, desk.book, scheme=scheme, quarter=quarter)
        return [(one.party.name, one.line.amount, one.line.clause.number) for one in found]

    assert read(third, "first-entry-award") == [("锦程机械有限公司", 5 * WAN, 27)]
    assert read(third, "first-entry-revenue-award") == [("锦程机械有限公司", 3 * WAN, 28)]
    assert read(second, "first-entry-award") == [("别家有限公司", 5 * WAN, 27)]
    assert read(third, "little-giant-award") == []


def test_an_accepted_award_follows_a_later_decision_on_its_qualifying_day(desk: Desk) -> None:
    desk.accepted("specialised-firm-award", FIRST)
    desk.accepted("little-giant-award", FIRST, day=date(2022, 9, 1))
    rules = desk.book.scheme("award-rules")
    (shipped,) = rules.parameter("provincial_then_national").values
    decided = desk.book.replacing(rules.replacing("provincial_then_national", replace(shipped, value="difference")))
    found = accepted_awards(desk.db, decided, scheme="little-giant-award", quarter=Quarter(2022, 3))
    assert [(one.grant.amount, one.line.amount) for one in found] == [(50 * WAN, 30 * WAN)]


def test_every_refusal_is_a_domain_error_in_both_languages(desk: Desk) -> None:
    claim = desk.draft()
    with pytest.raises(DomainError) as error:
        database.write(
            desk.db,
            lambda db: service.move(db, desk.owner, claim.id or 0, "accept", book=desk.book, at=NOW, today=TODAY),
        )
    assert error.value.text.zh != error.value.text.en
