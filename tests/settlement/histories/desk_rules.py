"""Rules of facts, statements and batches: what banks, the central bank, deciding bureaus and the four hands do."""

from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from settlement.batches.models import Batch
from settlement.batches.reading import statement_ids_signed
from settlement.batches.workflow import MOVES, ON_NOTICE, OPEN, steps_from
from tests.settlement.histories import checks
from tests.settlement.histories.ground import BANK, GROWN, PICK, PLACE, ROLE, Ground, picked, there_is
from tests.settlement.histories.history import DRAWN_UP
from tests.settlement.histories.town import SETTLED, WHOLE


class DeskRules(Ground):
    """Everything up to the release of a batch, in any order and by anybody."""

    # -- facts

    @rule(bank=BANK, at=PLACE, grown=st.sampled_from(GROWN))
    def a_figure_is_certified(self, bank: int, at: int, grown: int) -> None:
        before = self.history.figures.get((bank, max(at - 1, 0)), WHOLE)
        self.history.certify_figure(bank, at, before + grown)

    @rule(number=PICK)
    def a_corrected_return_is_certified(self, number: int) -> None:
        self.history.certify_return(picked(list(self.history.town.corrections), number))

    @rule(number=PICK)
    def a_claim_is_accepted(self, number: int) -> None:
        self.history.decide(picked(list(self.history.town.claims), number), "accept")

    @precondition(there_is("accepted"))
    @rule(number=PICK)
    def an_acceptance_is_revoked(self, number: int) -> None:
        self.history.decide(picked(list(self.history.town.claims), number), "revoke")

    # -- statements

    @rule()
    def the_job_computes(self) -> None:
        checks.figures_stand(self.history, self.history.compute())

    @rule(which=st.sampled_from(DRAWN_UP), spares=st.booleans())
    def the_operator_computes(self, which: Any, spares: bool) -> None:
        signed = statement_ids_signed(self.history.db) if spares else ()
        checks.figures_stand(self.history, self.history.redraft(*which, signed))

    @precondition(there_is("batches"))
    @rule()
    def everything_is_restated(self) -> None:
        checks.figures_stand(self.history, self.history.restate())

    # -- batches

    @rule(quarter=st.sampled_from(SETTLED))
    def a_batch_is_opened(self, quarter: Any) -> None:
        self.history.open_batch(quarter)

    @precondition(there_is("open"))
    @rule()
    def open_batches_are_refreshed(self) -> None:
        self.history.refresh()

    @rule(quarter=st.sampled_from(SETTLED))
    def a_batch_is_carried_through(self, quarter: Any) -> None:
        """From computing to release without a hitch, as most are."""
        if self.history.facts_moved:
            self.history.compute()
            self.history.restate()
        self.history.open_batch(quarter)
        self.history.carry_through()

    @precondition(there_is("under way"))
    @rule(number=PICK)
    def a_batch_goes_on(self, number: int) -> None:
        batch = picked(self.under_way(), number)
        if batch is not None:
            shown = (batch.state, batch.version, batch.digest)
            self.history.forward(batch)
            if batch.version != shown[1]:
                self.the_same_again(batch, *shown)

    def the_same_again(self, batch: Batch, state: str, version: int, digest: str) -> None:
        """I18: the very same request a second time moves nothing."""
        step = next(one for one in steps_from(state) if not one.voids)
        done = self.history.move(batch, step.move, self.history.hand(step.role), digest=digest, version=version)
        assert done is None, f"{step.move} was done twice"

    @precondition(there_is("batches"))
    @rule(number=PICK, move=st.sampled_from(MOVES), role=ROLE, stale=st.booleans())
    def somebody_moves_a_batch(self, number: int, move: str, role: str, stale: bool) -> None:
        """Anybody tries anything, now and then on what was shown before."""
        batch = picked(self.history.batches(), number)
        if batch is not None:
            version = batch.version - 1 if stale else None
            self.history.move(batch, move, self.history.hand(role), version=version)

    @precondition(there_is("under way"))
    @rule(number=PICK, move=st.sampled_from(("return", "reject")))
    def a_batch_goes_back(self, number: int, move: str) -> None:
        batch = picked([one for one in self.under_way() if one.state != OPEN], number)
        if batch is not None:
            steps = [one for one in steps_from(batch.state) if one.move == move]
            role = steps[0].role if steps else "reviewer"
            self.history.move(batch, move, self.history.hand(role))

    @precondition(there_is("open"))
    @rule(number=PICK, item=PICK)
    def an_item_is_set_aside(self, number: int, item: int) -> None:
        batch = picked([one for one in self.under_way() if one.state == OPEN], number)
        found = picked(self.items(batch), item) if batch is not None else None
        if found is not None:
            self.history.set_aside(batch, found.statement_number)

    @precondition(there_is("on notice"))
    @rule(number=PICK, item=PICK)
    def somebody_objects(self, number: int, item: int) -> None:
        batch = picked([one for one in self.under_way() if one.state == ON_NOTICE], number)
        found = picked(self.items(batch), item) if batch is not None else None
        if found is not None:
            self.history.object_to(batch, found.statement_number)

    @precondition(there_is("objections"))
    @rule(number=PICK, outcome=st.sampled_from(("dismissed", "upheld")))
    def an_objection_is_answered(self, number: int, outcome: str) -> None:
        found = picked(self.objections(), number)
        if found is not None:
            self.history.answer(found.id or 0, outcome)
