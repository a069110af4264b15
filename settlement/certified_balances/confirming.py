"""What an officer sees before a certified balance is recorded: the figures beside it, and what recording it will do."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.money import half_up
from kernel.parties.models import Party
from kernel.policies import PolicyBook
from settlement.calendar import REWARD
from settlement.certified_balances import service
from settlement.certified_balances.models import CertifiedBalance
from settlement.certified_balances.service import Figure
from settlement.growth_reward.holds import Control
from settlement.returns.models import LoanReturn
from settlement.returns.service import certified_returns, newest

_PLACES = 10_000  # a part is shown in percent with four decimals, so that just over the limit is seen to be over it


def _part(numerator: int, whole: int) -> Decimal | None:
    """One amount as a part of another, to six decimals; None of nothing."""
    return Decimal(half_up(Fraction(numerator * 100 * _PLACES, whole))) / (100 * _PLACES) if whole else None


@dataclass(frozen=True)
class Beside:
    """A figure with what stands beside it, fen: the version it replaces, the last quarter's, and the bank's own return.

    `tolerance` is the part of the figure by which the return may differ (domain §2, certification).
    """

    figure: Figure
    party: Party
    present: CertifiedBalance | None
    last: CertifiedBalance | None
    filed: LoanReturn | None
    tolerance: Decimal

    @property
    def is_known(self) -> bool:
        """Whether exactly this is recorded already."""
        known = self.present
        return known is not None and (known.balance, known.document) == (self.figure.balance, self.figure.document)

    @property
    def change(self) -> int | None:
        """How much more than at the last quarter's end."""
        return None if self.last is None else self.figure.balance - self.last.balance

    @property
    def change_part(self) -> Decimal | None:
        return _part(self.change, self.last.balance) if self.last is not None and self.change is not None else None

    @property
    def control(self) -> Control | None:
        """The return's eligible balance held against the figure."""
        if self.filed is None or self.filed.eligible is None:
            return None
        return Control(self.filed.eligible, self.figure.balance, Fraction(self.tolerance))

    @property
    def difference_part(self) -> Decimal | None:
        return _part(abs(self.control.difference), self.figure.balance) if self.control else None

    @property
    def is_certified_return(self) -> bool:
        return self.filed is not None and self.filed.certified_at is not None

    @property
    def will_hold(self) -> bool:
        """Whether the statement will wait because the return differs too much."""
        return self.control is not None and not self.control.agrees

    @property
    def effect(self) -> Text:
        """What recording the figure does to the statement."""
        if self.is_known:
            return Text("这个数已经登记过，再登记也不会变。", "This figure is recorded already; nothing will change.")
        limit = f"{self.tolerance * 100:f}".rstrip("0").rstrip(".")
        if self.control is None:
            return Text(
                "这家本季还没有能对的报表：先把数记下，报表来了再对。",
                "There is no return to check against yet: the figure is kept until there is one.",
            )
        if self.will_hold:
            return Text(
                f"和报表相差超过 {limit}%：这家的结算单会暂缓，核对清楚才付。",
                f"It differs from the return by more than {limit} %: the statement is held until that is cleared up.",
            )
        return Text(
            f"和报表相差不超过 {limit}%：结算单照这个数算，不会因此暂缓。",
            f"It is within {limit} % of the return: the statement is computed from this figure and not held for it.",
        )


def beside(db: Session, caller: Caller, figure: Figure, *, book: PolicyBook, today: date) -> Beside:
    """The figure beside what is known; Forbidden and Invalid as for recording it."""
    party = service.party_for(db, caller, figure, book=book, today=today)
    assert party.id is not None
    quarter = figure.quarter
    known = service.in_force(db, (quarter, quarter.previous))
    certified = next((one for one in certified_returns(db, [quarter]) if one.institution_id == party.id), None)
    return Beside(
        figure=figure,
        party=party,
        present=known.get((party.id, quarter)),
        last=known.get((party.id, quarter.previous)),
        filed=certified or newest(db, party.id, quarter, accepted=True),
        tolerance=book.scheme(REWARD).value("certified_tolerance", on=quarter.last_day).rate,
    )
