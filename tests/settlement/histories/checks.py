"""What is asserted of a history after every step: the product's own invariants, and what the test itself has seen from outside."""

from collections import Counter
from collections.abc import Collection

from sqlmodel import Session, col, select

from kernel.ledger.balances import books, claim_balances
from kernel.ledger.invariants import Violation
from kernel.periods import Quarter
from settlement.awards.models import AwardGrant
from settlement.payments.whole_books import whole_violations
from settlement.statements.invariants import recomputed
from settlement.statements.models import Statement
from settlement.statements.standing import outdated
from tests.settlement.histories.history import History
from tests.settlement.histories.paying import Counterhall
from tests.settlement.histories.town import GROWTH, QUARTERS, WHOLE


def told(found: list[Violation]) -> list[str]:
    return [f"{one.invariant} {one.subject}: {one.text.en}" for one in found]


def nothing_violated(db: Session) -> None:
    """I1–I4, I7–I10, I14, I17, by the functions that the product itself runs."""
    found = told(whole_violations(db))
    db.rollback()
    assert found == [], found


def figures_stand(history: History, numbers: Collection[str] | None = None) -> None:
    """I6: computed again it is the same; and the growth reward is what plain integers make of the facts."""
    found = told(recomputed(history.db, history.town.premises, numbers=numbers))
    query = select(Statement).where(Statement.state == "draft", Statement.scheme == GROWTH)
    drafts = history.db.exec(query.execution_options(populate_existing=True)).all()
    asked = [one for one in drafts if numbers is None or one.number in numbers]
    moved_on = outdated(history.db, asked, history.town.premises)
    history.db.rollback()
    assert found == [], found
    for draft in asked:
        if draft.id not in moved_on:
            assert (draft.amount, draft.held) == expected_reward(history, draft), draft.number


def expected_reward(history: History, draft: Statement) -> tuple[int, bool]:
    """1 % of the growth, half up; held where a return is more than half a percent off its certified figure.

    The first base date has no statement of its own, so the first quarter's answers for it too.
    """
    codes = [bank.party.code for bank in history.town.banks]
    bank, place = codes.index(draft.beneficiary_code), QUARTERS.index(Quarter.parse(draft.quarter))
    now, before = (history.figures.get((bank, one), WHOLE) for one in (place, place - 1))
    reward = (now - before + 50) // 100 if now > before else 0
    return reward, any(_is_off(history, bank, at) for at in {place, 0 if place == 1 else place})


def _is_off(history: History, bank: int, place: int) -> bool:
    total, certified = history.totals.get((bank, place), WHOLE), history.figures.get((bank, place), WHOLE)
    return 200 * abs(total - certified) > certified


def money_is_where_the_bank_says(hall: Counterhall) -> None:
    """I3 and I4 from outside: what the books call paid and recovered is what the bank paid out and got back, once."""
    paid: Counter[tuple[str, int, str, str]] = Counter()
    recovered: Counter[tuple[str, int]] = Counter()
    for payer in books(hall.db):
        for key, accounts in claim_balances(hall.db, payer).items():
            paid[payer, key.party_id, key.scheme, key.quarter] -= accounts.get("paid", 0)
            recovered[payer, key.party_id] += accounts.get("recovered", 0)
    hall.db.rollback()
    assert +paid == +hall.bank.paid
    assert +recovered == +hall.bank.returned
    references = [reference for reference, _ in hall.history.treasury.received]
    assert len(references) == len(set(references)), "the treasury was sent one order twice"


def awarded_once(db: Session) -> None:
    """I5 for events: no two awards of one event stand, and a firm's refinancing stays within its year's cap."""

    grants = db.exec(select(AwardGrant).where(col(AwardGrant.revoked_at).is_(None))).all()
    db.rollback()
    keys = [(one.scheme, one.once_key) for one in grants if one.once_key]
    assert len(keys) == len(set(keys))
