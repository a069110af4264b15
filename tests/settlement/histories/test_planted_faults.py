"""The power of the suite: each of these faults, planted in one product function, is caught by the smallest part that must catch it.

Every part runs twice: without the fault it passes, with the fault it fails.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from sqlalchemy import true, update
from sqlmodel import Session, select

from kernel.audit.models import AuditEntry
from kernel.errors import DomainError, NotFound
from settlement import fiscal_shares
from settlement.awards import granting, judging
from settlement.batches import items
from settlement.batches import moving as batches
from settlement.fee_subsidy import contracts
from settlement.growth_reward import readings
from settlement.payments import from_batches, orders, planning, sending, writing
from settlement.payments.receipts import matching
from settlement.statements import drafting
from settlement.statements import service as statements
from settlement.statements.models import Statement, StatementLine
from tests.settlement.histories import checks
from tests.settlement.histories.history import History
from tests.settlement.histories.paying import Counterhall
from tests.settlement.histories.places import Place
from tests.settlement.histories.town import COUNTY, FEES, SETTLED, WHOLE
from tests.settlement.shares_oracle import shares


@dataclass(frozen=True)
class Scene:
    """A history with its counter; `released` ones have awards to pay."""

    history: History
    hall: Counterhall

    @property
    def db(self) -> Session:
        return self.history.db

    def hold(self) -> None:
        """Every invariant, and what the bank has seen."""
        checks.nothing_violated(self.db)
        checks.money_is_where_the_bank_says(self.hall)
        checks.awarded_once(self.db)

    def settle(self) -> None:
        self.history.compute()
        self.history.restate()
        self.history.open_batch(SETTLED[-1])
        self.history.carry_through()

    def order(self, payer: str = COUNTY) -> Any:
        batch = [one for one in self.history.batches() if one.state == "ordered"][-1]
        return self.hall.draw(payer, batch, "carry_claim")

    def write(self, statement: Any) -> None:
        """Past every service, as somebody with the database in hand."""
        self.db.rollback()
        self.db.execute(statement)
        self.db.commit()
        self.db.expire_all()


def pays(scene: Scene) -> None:
    scene.hall.pay_all("carry_claim")
    scene.hold()


def draws_again(scene: Scene) -> None:
    assert scene.order() is not None
    assert scene.order() is None
    scene.hold()


def recovers(scene: Scene) -> None:
    order = scene.order()
    scene.hall.send(order, loses_answers=True)
    scene.history.today += timedelta(days=1)
    scene.hall.recover()
    assert [one.state for one in scene.hall.orders()] == ["sent"]
    scene.hold()


def restates(scene: Scene) -> None:
    """An award of 99 fen is paid and turns out to be 170: 71 more, not 170 more."""
    scene.hall.pay_all("carry_claim")
    scene.history.certify_figure(1, 2, WHOLE + 17_000)
    scene.settle()
    scene.hold()


def sets_off(scene: Scene) -> None:
    """What is owed back is taken off what is due before anything is paid."""
    scene.hall.pay_all("carry_claim")
    scene.history.certify_figure(1, 2, WHOLE + 5_000)
    scene.history.certify_figure(1, 3, WHOLE + 5_000 + 20_000)
    scene.settle()
    assert scene.order().total == 200 - 49


def computes_a_tie(scene: Scene) -> None:
    """A growth of 50 fen is worth one fen."""
    scene.history.certify_figure(1, 1, WHOLE + 50)
    checks.figures_stand(scene.history, scene.history.compute())


def shares_out(scene: Scene) -> None:
    rule = fiscal_shares.share_rule_in_force(scene.history.town.book, scene.history.today)
    found = {one.payer: one.amount for one in fiscal_shares.split(31_506_81, "410411", rule)}
    assert found == shares(31_506_81, "410411", "closing_sentence")


def nets_a_refund(scene: Scene) -> None:
    """A fee of 1 % of which a fifth is refunded leaves 0.7 points: 5,000,000 × 0.7 % × 138 / 365 less 3,150.68 drafted before."""
    scene.history.compute()
    scene.history.certify_return(scene.history.town.corrections[-1])
    scene.history.redraft(FEES, SETTLED[2])
    query = select(Statement).where(Statement.scheme == FEES, Statement.quarter == "2022Q3", Statement.state == "draft")
    exact = Fraction(5_000_000_00) * Fraction(7, 1000) * Fraction(138, 365)
    assert scene.db.exec(query).one().amount == int(exact + Fraction(1, 2)) - 3_150_68


def moves_stale(scene: Scene) -> None:
    """What was submitted is outdated by a newer figure: nobody reviews it any more."""
    h = scene.history
    h.compute()
    h.open_batch(SETTLED[-1])
    (batch,) = h.batches()
    h.forward(batch)
    h.certify_figure(1, 2, WHOLE + 777)
    assert h.move(h.batch(batch.id or 0), "review", h.hand("reviewer")) is None


def moves_by_the_wrong_hand(scene: Scene) -> None:
    h = scene.history
    h.compute()
    h.open_batch(SETTLED[-1])
    (batch,) = h.batches()
    h.forward(batch)
    assert h.move(h.batch(batch.id or 0), "review", h.hand("approver")) is None


def signs(scene: Scene) -> None:
    scene.history.compute()
    scene.history.open_batch(SETTLED[-1])
    scene.history.carry_through()
    scene.hold()


def notices(scene: Scene) -> None:
    """Five working days from 2022-10-20 on end with 2022-10-27."""
    h = scene.history
    h.compute()
    h.open_batch(SETTLED[-1])
    (batch,) = h.batches()
    for _ in range(4):
        h.forward(h.batch(batch.id or 0))
    assert str(h.batch(batch.id or 0).notice_until) == "2022-10-27"


def claims_twice(scene: Scene) -> None:
    h = scene.history
    for claim in h.town.claims[:2]:
        h.decide(claim, "accept")
    scene.hold()
    assert h.done["accept an award"] == 1


def reads_a_stranger(scene: Scene) -> None:
    scene.history.compute()
    first, second = scene.history.town.banks
    query = select(Statement).where(Statement.beneficiary_id == second.party.id)
    with pytest.raises(NotFound):
        statements.statement_by_number(scene.db, first.maker, scene.db.exec(query).first().number)  # type: ignore[union-attr]


def pays_what_was_swapped(scene: Scene) -> None:
    """A line of a statement is changed after four people have signed: not paid."""
    scene.write(update(StatementLine).values(rate="0.02"))
    assert scene.order() is None


def keeps_the_trail(scene: Scene) -> None:
    scene.hall.pay_all("carry_claim")
    checks.nothing_violated(scene.db)


Plant = Callable[[pytest.MonkeyPatch], None]


def put(module: Any, name: str, fault: Any) -> Plant:
    return lambda patch: patch.setattr(module, name, fault)


def _sends_blindly(db: Session, order: Any, office: Any, at: Any) -> str:
    mine = sending.database.write(db, lambda db: sending._take_over(db, order, at))
    return sending._deliver(db, mine, office, by=sending.THE_SERVICE, at=at).state


def _awarded_nothing(db: Session, numbers: Any) -> dict[str, items.Awarded]:
    return {name: replace(one, by_payer={}) for name, one in AWARDED(db, numbers).items()}


AWARDED, JUDGE, GRANT, NOTICE = items.awarded_so_far, judging.judge, granting._grant, batches._notice
KNOWN = contracts.KnownContract


def _judges_alone(db: Session, stated: Any, party: Any, region: str, book: Any, *, on: Any) -> Any:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "standing_grants", lambda *_: [])
        return JUDGE(db, stated, party, region, book, on=on)


def _grants_any(claim: Any, line: Any, book: Any, at: Any) -> Any:
    made = GRANT(claim, line, book, at)
    made.once_key += f"/{claim.id}"
    return made


def _claims_any(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(judging, "judge", _judges_alone)
    patch.setattr(granting, "_grant", _grants_any)


def _ends_a_day_early(*args: Any) -> dict[str, Any]:
    said = dict(NOTICE(*args))
    if said.get("notice_until"):
        said["notice_until"] -= timedelta(days=1)
    return said


def _loses_the_odd_fen(amount: int, *_: Any, **__: Any) -> tuple[int, int]:
    return amount // 2, amount // 2


def _moves_stale(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(batches, "stale_items", lambda *_: [])


FAULTS: dict[str, tuple[Plant, Callable[[Scene], None], bool]] = {
    "paid twice: a claim forgets that it was ordered": (put(writing, "_count_due", lambda *_: None), draws_again, True),
    "paid twice: sent again without asking": (put(sending, "_recover", _sends_blindly), recovers, True),
    "no recovery after a crash": (put(sending, "_unsure", lambda *_: []), recovers, True),
    "anybody may sign for anybody": (put(batches, "may_act_as", lambda *_: true()), moves_by_the_wrong_hand, False),
    "a hand leaves no signature": (put(batches, "_sign", lambda *_: None), signs, False),
    "half a fen is lost in rounding": (
        put(readings, "half_up", lambda exact: int(float(exact))),
        computes_a_tie,
        False,
    ),
    "awarded again in full after a restatement": (put(items, "awarded_so_far", _awarded_nothing), restates, True),
    "a stale amount goes on": (_moves_stale, moves_stale, False),
    "what is owed is not set off": (put(planning, "set_off", lambda *_: ()), sets_off, True),
    "two claims for one event": (_claims_any, claims_twice, False),
    "the tenant filter is missing": (put(statements, "_seen_by", lambda _: true()), reads_a_stranger, False),
    "the digest is not taken afresh": (
        put(from_batches, "digests_afresh", lambda _, found: {one.id: one.digest for one in found}),
        pays_what_was_swapped,
        True,
    ),
    "the odd fen is lost": (
        put(fiscal_shares, "_two_parts", _loses_the_odd_fen),
        shares_out,
        False,
    ),
    "the public notice ends a day early": (put(batches, "_notice", _ends_a_day_early), notices, False),
    "a refund is not netted": (
        put(contracts, "KnownContract", lambda *a: KNOWN(*a[:3], 0, *a[4:])),
        nets_a_refund,
        False,
    ),
    "a receipt leaves no audit row": (put(matching, "record", lambda *_, **__: None), keeps_the_trail, True),
    "the budget is not taken": (put(orders.funds, "take", lambda *_: None), pays, True),
    "a revision is drafted without its claim": (put(drafting, "claim", lambda *_, **__: True), signs, False),
}


@contextmanager
def scene(place: Place, *, released: bool) -> Iterator[Scene]:
    with place.history(is_released=released) as history:
        yield Scene(history, Counterhall(history))


@pytest.mark.parametrize("name", FAULTS)
def test_a_planted_fault_is_caught(name: str, sqlite_place: Place) -> None:
    plant, part, released = FAULTS[name]
    with scene(sqlite_place, released=released) as sound:
        part(sound)
    with scene(sqlite_place, released=released) as faulty, pytest.MonkeyPatch.context() as patch:
        plant(patch)
        with pytest.raises((AssertionError, DomainError, pytest.fail.Exception)) as caught:
            part(faulty)
    print(f"{name}: {str(caught.value)[:300]}")


def test_a_trail_that_was_edited_shows(sqlite_place: Place) -> None:
    with scene(sqlite_place, released=True) as edited:
        edited.hold()
        edited.write(update(AuditEntry).where(AuditEntry.number == 5).values(detail="{}"))  # type: ignore[arg-type]
        with pytest.raises(AssertionError):
            edited.hold()
