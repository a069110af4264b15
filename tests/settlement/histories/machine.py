"""The machine: the rules of money on top of those of the desk; whoever runs it runs the whole settlement."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from kernel.ledger.service import month_of
from settlement.payments.models import PaymentOrder
from tests.settlement.histories.desk_rules import DeskRules
from tests.settlement.histories.ground import BANK, FEN, GROWN, PAYER, PICK, PLACE, ROLE, WAY, picked, there_is
from tests.settlement.histories.town import BUDGET, PAYERS, SETTLED


class SettlementHistories(DeskRules):
    """The whole settlement: the rules of the desk, and those of money."""

    # -- money

    @precondition(there_is("released"))
    @rule()
    def claims_are_taken_in(self) -> None:
        self.history.take_in()

    @precondition(there_is("released"))
    @rule(payer=PAYER, number=PICK, way=WAY, as_shown=st.booleans())
    def an_order_is_drawn(self, payer: str, number: int, way: str, as_shown: bool) -> None:
        batch = picked([one for one in self.history.batches() if one.state == "ordered"], number)
        if batch is not None:
            shown = self.hall.preview_twice(payer, batch, way) if as_shown else None
            self.hall.draw(payer, batch, way, digest=shown)

    @rule(payer=PAYER, part=st.sampled_from((1, 50_00, -1, BUDGET, -BUDGET, -BUDGET + 1_00, None)), more=FEN)
    def a_budget_is_changed(self, payer: str, part: int | None, more: int) -> None:
        """By some amount, or to the fen of what is open, or a fen beside it."""
        left, due = self.hall.left_and_due(payer)
        fen = due + more - left if part is None else part
        if fen:
            self.hall.appropriate(payer, fen)

    @precondition(there_is("released"))
    @rule(way=WAY)
    def everybody_pays(self, way: str) -> None:
        """Drawn, sent, and answered by the bank, as most orders are."""
        self.hall.pay_all(way)

    @rule(bank=BANK, at=PLACE, grown=st.sampled_from(GROWN), way=WAY)
    def a_later_figure_is_settled(self, bank: int, at: int, grown: int, way: str) -> None:
        """The whole course of a quarter at once: certified, computed, restated, released and paid."""
        self.a_figure_is_certified(bank, at, grown)
        self.a_batch_is_carried_through(SETTLED[-1])
        self.hall.pay_all(way)

    @rule(verb=st.sampled_from(("accept", "revoke")), number=PICK, way=WAY)
    def a_decision_is_settled(self, verb: str, number: int, way: str) -> None:
        """The same after a claim of an award is accepted, or its acceptance taken back."""
        self.history.decide(picked(list(self.history.town.claims), number), verb)
        self.a_batch_is_carried_through(SETTLED[-1])
        self.hall.pay_all(way)

    @precondition(there_is("orders"))
    @rule(number=PICK, silent=st.booleans(), loses=st.booleans())
    def an_order_is_sent(self, number: int, silent: bool, loses: bool) -> None:
        order: PaymentOrder | None = picked(self.hall.orders(), number)
        if order is not None:
            self.hall.send(order, silent=silent, loses_answers=loses)

    @precondition(there_is("orders"))
    @rule(silent=st.booleans(), loses=st.booleans())
    def unknown_orders_are_recovered(self, silent: bool, loses: bool) -> None:
        self.history.minutes += 2
        self.hall.recover(silent=silent, loses_answers=loses)

    @precondition(there_is("orders"))
    @rule(number=PICK)
    def an_order_is_cancelled(self, number: int) -> None:
        order = picked(self.hall.orders(), number)
        if order is not None:
            self.hall.cancel(order)

    @precondition(there_is("orders"))
    @rule(number=PICK, outcome=st.sampled_from(("paid", "paid", "rejected")), off=st.sampled_from((0, 0, 0, 1, -1)))
    def the_bank_answers(self, number: int, outcome: str, off: int) -> None:
        """For any payment at all, sometimes a fen off."""
        payment = picked(self.hall.payments(), number)
        if payment is not None and payment.amount + off > 0:
            self.hall.receipt((payment.reference, payment.amount + off, outcome, f"BK{payment.reference}"))

    @precondition(there_is("orders"))
    @rule(numbers=st.lists(PICK, min_size=1, max_size=3), same=st.booleans())
    def the_bank_answers_with_a_strange_file(self, numbers: list[int], same: bool) -> None:
        """Several lines, perhaps twice the same payment or the same bank reference, and one that is nobody's."""
        payments = [one for one in (picked(self.hall.payments(), number) for number in numbers) if one is not None]
        lines = [
            (one.reference, one.amount, "paid", "BK0" if same else f"BK{one.reference}/{at}")
            for at, one in enumerate(payments)
        ]
        self.hall.receipt(*lines, ("PO-NOBODY", 1, "paid", f"BKN{self.history.minutes}"))

    @precondition(there_is("mismatches"))
    @rule(number=PICK, way=st.sampled_from(("assign", "dismiss")), payment=PICK)
    def a_mismatch_is_resolved(self, number: int, way: str, payment: int) -> None:
        line, meant = picked(self.hall.mismatches(), number), picked(self.hall.payments(), payment)
        if line is not None:
            self.hall.resolve(line, way, meant.reference if meant is not None else "PO-NOBODY")

    @precondition(there_is("owing"))
    @rule(payer=PAYER, number=PICK)
    def money_is_asked_back(self, payer: str, number: int) -> None:
        parties = self.hall.owing(payer)
        if parties:
            self.hall.ask_back(payer, picked(parties, number))

    @precondition(there_is("notices"))
    @rule(number=PICK, part=st.sampled_from(("one", "all", "more")))
    def money_comes_back(self, number: int, part: str) -> None:
        notice = picked(self.hall.notices(), number)
        if notice is not None:
            fen = {"one": 1, "all": max(notice.open_amount, 1), "more": notice.open_amount + 1}[part]
            self.hall.money_back(notice, fen)

    @rule(what=st.sampled_from(("days", "deputy", "account", "month")), number=PICK, role=ROLE, payer=PAYER)
    def life_goes_on(self, what: str, number: int, role: str, payer: str) -> None:
        """Days pass, deputies are named, accounts change, months are closed."""
        if what == "days":
            self.history.today += timedelta(days=(1, 7, 40)[number % 3])
        elif what == "deputy":
            self.history.deputise(role, ("operator", "reviewer", "approver", "cashier")[number % 4])
        elif what == "account":
            self.hall.change_account(picked([*self.history.town.holders, *PAYERS], number))
        else:
            self.close_month(payer)

    def close_month(self, payer: str) -> None:
        month = self.hall.oldest_open_month(payer)
        if month is not None and month < month_of(self.history.today):
            self.hall.close_month(payer, month)
