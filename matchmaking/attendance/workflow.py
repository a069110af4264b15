"""How a meeting stands on the day, from what both sides said and the time. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kernel.bilingual import Text

SIDES = ("enterprise", "institution")
OTHER = {"enterprise": "institution", "institution": "enterprise"}
OUTCOMES = {
    "no_interest": Text("没有意向", "no interest"),
    "material_needed": Text("要补材料", "material needed"),
    "intent": Text("有意向", "intent"),
}
STANDINGS = {
    "later": Text("还没到", "later"),
    "next": Text("马上开始", "next"),
    "running": Text("正在谈", "running"),
    "late": Text("有人没到", "somebody is late"),
    "done": Text("谈完了", "done"),
    "no_show": Text("没谈成", "no-show"),
    "open": Text("没人签到", "nobody checked in"),
    "cancelled": Text("取消了", "called off"),
}
SOON = timedelta(minutes=15)
GRACE = timedelta(minutes=3)  # nobody is called late before


@dataclass(frozen=True)
class SideSaid:
    """What one side did: when it checked in, whether it says that the meeting took place, what came of it."""

    checked_in_at: datetime | None = None
    took_place: bool | None = None
    outcome: str | None = None
    amount: int | None = None


NOTHING = SideSaid()


@dataclass(frozen=True)
class BothSides:
    """Both sides of a meeting."""

    enterprise: SideSaid = NOTHING
    institution: SideSaid = NOTHING

    def of(self, side: str) -> SideSaid:
        said: SideSaid = getattr(self, side)
        return said

    @property
    def is_no_show(self) -> bool:
        """One “did not take place” is enough, whatever the other side says."""
        return any(self.of(side).took_place is False for side in SIDES)

    @property
    def took_place(self) -> bool:
        """Both came, or one says so or noted what came of it, and nobody says no."""
        said = [self.of(side) for side in SIDES]
        both = all(one.checked_in_at is not None for one in said)
        return not self.is_no_show and (both or any(one.took_place or one.outcome for one in said))

    def absent(self) -> list[str]:
        """The sides that a no-show counts against: those that did not check in while the other side says it did not take place.

        Where the other side did check in, the two contradict one another and it counts against nobody.
        """
        if not self.is_no_show:
            return []
        return [side for side in SIDES if self.of(OTHER[side]).took_place is False and self.of(side).checked_in_at is None
                and self.of(side).took_place is not False]  # fmt: skip


def standing(attended: BothSides, *, state: str, starts_at: datetime, ends_at: datetime, now: datetime) -> str:
    """Where a meeting stands now."""
    if state != "standing":
        return "cancelled"
    if attended.is_no_show:
        return "no_show"
    if now >= ends_at:
        return "done" if attended.took_place else "open"
    if now >= starts_at:
        missing = any(attended.of(side).checked_in_at is None for side in SIDES)
        return "late" if missing and now >= starts_at + GRACE else "running"
    return "next" if now >= starts_at - SOON else "later"
