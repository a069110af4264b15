"""Four eyes, twice over: four different people, each binding to what was shown, whatever way round they try."""

from itertools import product

import pytest
from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from kernel.accounts.models import Account
from kernel.accounts.service import Caller
from kernel.audit.models import AuditEntry
from kernel.audit.watching import checkpoints
from kernel.errors import Conflict, DomainError, Forbidden, Invalid, Refused
from kernel.parties.models import Party
from settlement.batches import reading
from settlement.batches.models import Batch, BatchMove, BatchSignature
from settlement.batches.workflow import HAND_ROLES, OPEN
from tests.factories import make_person
from tests.seeds import is_full, seeded
from tests.settlement.batches.batch_floor import AFTER_NOTICE, OCTOBER, Bureau, renamed

WAY = (
    ("submit", "operator"),
    ("review", "reviewer"),
    ("approve", "approver"),
    ("publish", "operator"),
    ("order", "cashier"),
)


def test_four_different_people_carry_a_batch_to_payment(bureau: Bureau) -> None:
    batch = bureau.release(bureau.open())
    assert batch.state == "ordered"
    signatures = reading.signatures_of(bureau.db, batch)
    assert [one.step for one in signatures] == ["submit", "review", "approve", "order"]
    assert len({one.signed_by for one in signatures}) == 4
    assert {one.digest for one in signatures} == {batch.digest}


def test_every_signature_hands_out_a_checkpoint_at_once(bureau: Bureau) -> None:
    bureau.release(bureau.open())
    signed = select(AuditEntry.number).where(col(AuditEntry.act).in_([f"batch.{move}" for move, _ in WAY]))
    assert {one.number for one in checkpoints()} == set(bureau.db.exec(signed))


def five_people(bureau: Bureau) -> list[Caller]:
    """The four hands and a second operator, each deputy of all the others, so that only who has signed decides."""
    office = bureau.db.exec(select(Party).where(Party.id == bureau.hands["operator"].organisation_id)).one()
    people = [*bureau.hands.values(), make_person(bureau.db, office, "operator", name="许宁")]
    for principal, deputy in product(bureau.hands.values(), people):
        if principal.account_id != deputy.account_id and principal.role != deputy.role:
            bureau.deputise(principal, deputy)
    return people


def assignments() -> list[tuple[int, ...]]:
    """Who of five people takes which of the four steps: all 625 with YINQI_FULL, else a sample of passing and failing ones."""
    every = list(product(range(5), repeat=4))
    if is_full():
        return every
    pick = seeded()
    good = [one for one in every if len(set(one)) == 4]
    return [*pick.sample(good, 12), *pick.sample([one for one in every if one not in good], 28)]


def back_to_the_start(bureau: Bureau, batch: Batch) -> None:
    """As if nobody had signed: between two assignments of the test only."""

    def work(db: Session) -> None:
        db.execute(delete(BatchSignature))
        db.execute(delete(BatchMove))
        db.execute(
            update(Batch).where(col(Batch.id) == batch.id).values(state=OPEN, notice_from=None, notice_until=None)
        )

    bureau.write(work)
    bureau.today = OCTOBER


def test_of_625_assignments_of_five_people_only_four_different_ones_pass(bureau: Bureau) -> None:
    people, batch, tried = five_people(bureau), bureau.open(), assignments()
    passed, refused = [], []
    for assignment in tried:
        hands = [people[place] for place in assignment]
        back_to_the_start(bureau, batch)
        try:
            for (name, _role), person in zip(WAY[:3], hands, strict=False):
                bureau.move(batch, name, person)
            bureau.move(batch, "publish", bureau.hands["operator"])
            bureau.today = AFTER_NOTICE
            bureau.move(batch, "order", hands[3])
        except Refused as error:
            refused.append(error.code)
        else:
            passed.append(assignment)
    assert passed == [one for one in tried if len(set(one)) == 4]
    assert set(refused) == {"same_person"}
    assert len(tried) < 625 or (len(passed), len(refused)) == (120, 505)


def test_nobody_moves_in_anothers_role(bureau: Bureau) -> None:
    batch = bureau.open()
    for name, role in WAY:
        if name == "order":
            bureau.today = AFTER_NOTICE
        for other in set(HAND_ROLES) - {role}:
            with pytest.raises(Refused):
                bureau.move(batch, name, bureau.hands[other])
        bureau.move(batch, name, bureau.hands[role])


def test_tokens_administrators_and_outsiders_neither_approve_nor_pay(bureau: Bureau) -> None:
    batch, office = bureau.open(), bureau.hands["operator"].organisation_id
    party = bureau.db.exec(select(Party).where(Party.id == office)).one()
    administrators = [
        make_person(bureau.db, party, f"{kind}_administrator") for kind in ("system", "security", "audit")
    ]
    token = Caller(**{**bureau.hands["operator"].__dict__, "token_scopes": frozenset({"settlement:read"})})
    for caller in (*administrators, token, bureau.floor.bank.checker, make_person(bureau.db, party, "auditor")):
        with pytest.raises(Forbidden):
            bureau.move(batch, "submit", caller)
    forged = renamed(administrators[0], "operator")
    with pytest.raises(Refused, match="not_your_step"):
        bureau.move(batch, "submit", forged)


def test_a_switched_off_account_cannot_sign(bureau: Bureau) -> None:
    batch, operator = bureau.open(), bureau.hands["operator"].account_id
    bureau.write(lambda db: db.execute(update(Account).where(col(Account.id) == operator).values(is_active=False)))
    with pytest.raises(Refused, match="not_your_step"):
        bureau.move(batch, "submit", bureau.hands["operator"])


def test_a_signature_binds_to_what_was_shown(bureau: Bureau) -> None:
    batch = bureau.open()
    with pytest.raises(Conflict, match="digest_changed"):
        bureau.move(batch, "submit", bureau.hands["operator"], digest="0" * 64)
    with pytest.raises(Conflict, match="digest_changed"):
        bureau.move(batch, "submit", bureau.hands["operator"], version=batch.version - 1)
    assert reading.batch_by_number(bureau.db, batch.number).state == "open"


def test_return_for_change_voids_the_signatures_and_keeps_them(bureau: Bureau) -> None:
    batch = bureau.move(bureau.open(), "submit", bureau.hands["operator"])
    batch = bureau.move(batch, "review", bureau.hands["reviewer"])
    with pytest.raises(Invalid):
        bureau.move(batch, "return", bureau.hands["approver"])
    batch = bureau.move(batch, "return", bureau.hands["approver"], reason="沙河的数再核一次")
    assert (batch.state, reading.signatures_of(bureau.db, batch)) == ("open", [])
    kept = reading.signatures_of(bureau.db, batch, voided=True)
    assert [(one.step, one.voided_by) for one in kept] == [
        ("submit", bureau.hands["approver"].account_id),
        ("review", bureau.hands["approver"].account_id),
    ]
    assert reading.moves_of(bureau.db, batch)[-1].reason == "沙河的数再核一次"
    assert bureau.release(batch).state == "ordered"


def test_a_rejection_is_kept_and_frees_the_statements_for_another_batch(bureau: Bureau) -> None:
    batch = bureau.move(bureau.open(), "submit", bureau.hands["operator"])
    batch = bureau.move(batch, "reject", bureau.hands["reviewer"], reason="口径有争议")
    assert batch.state == "rejected"
    with pytest.raises(Conflict):
        bureau.move(batch, "submit", bureau.hands["operator"])
    another = bureau.open()
    assert another.number == "B-2022Q3-02"
    assert bureau.release(another).state == "ordered"
    assert reading.batch_by_number(bureau.db, batch.number).state == "rejected"


def test_payment_waits_for_the_end_of_the_public_notice(bureau: Bureau) -> None:
    batch = bureau.move(bureau.approve(bureau.open()), "publish", bureau.hands["operator"])
    assert (str(batch.notice_from), str(batch.notice_until)) == ("2022-10-20", "2022-10-27")
    for day in (OCTOBER, batch.notice_until):
        assert day is not None
        bureau.today = day
        with pytest.raises(Refused, match="notice_running"):
            bureau.move(batch, "order", bureau.hands["cashier"])


def test_a_deputy_acts_for_the_period_and_never_twice_in_one_batch(bureau: Bureau) -> None:
    bureau.deputise(bureau.hands["approver"], bureau.hands["reviewer"])
    bureau.deputise(bureau.hands["approver"], bureau.hands["cashier"])
    batch = bureau.move(bureau.open(), "submit", bureau.hands["operator"])
    batch = bureau.move(batch, "review", bureau.hands["reviewer"])
    with pytest.raises(Refused, match="same_person"):
        bureau.move(batch, "approve", bureau.hands["reviewer"])
    bureau.today = AFTER_NOTICE.replace(day=8)
    with pytest.raises(Refused, match="not_your_step"):
        bureau.move(batch, "approve", bureau.hands["cashier"])
    bureau.today = OCTOBER
    batch = bureau.move(batch, "approve", bureau.hands["cashier"])
    signed = reading.signatures_of(bureau.db, batch)[-1]
    assert (signed.signed_by, signed.deputy_id is not None) == (bureau.hands["cashier"].account_id, True)


def test_a_deputy_is_another_hand_of_the_same_office(bureau: Bureau) -> None:
    office = bureau.db.exec(select(Party).where(Party.id == bureau.hands["operator"].organisation_id)).one()
    administrator = make_person(bureau.db, office, "security_administrator")
    for wrong in (administrator, bureau.floor.officer, bureau.hands["approver"]):
        with pytest.raises(Invalid):
            bureau.deputise(bureau.hands["approver"], wrong)
    with pytest.raises(DomainError):
        bureau.deputise(administrator, bureau.hands["operator"])
