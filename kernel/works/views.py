"""A work as pages and API show it."""

from collections.abc import Iterable
from dataclasses import dataclass

from kernel.bilingual import Text
from kernel.works.failures import Failure, failure_from
from kernel.works.kinds import WorkKind
from kernel.works.models import DONE, STATES, UNDER_WAY, Work
from kernel.works.places import work_kinds


@dataclass(frozen=True)
class WorkView:
    """A work with the words of its kind."""

    work: Work
    kind: WorkKind

    @property
    def state(self) -> Text:
        return STATES[self.work.state]

    @property
    def is_under_way(self) -> bool:
        return self.work.state in UNDER_WAY

    @property
    def stage(self) -> Text | None:
        return self.kind.stage_said(self.work)

    @property
    def page(self) -> str | None:
        """Where the result is seen; None before it is there."""
        return self.kind.page(self.work) if self.work.state == DONE else None

    @property
    def api(self) -> str | None:
        return self.kind.api(self.work) if self.work.state == DONE else None

    @property
    def origin(self) -> str:
        """Where one may ask for it again."""
        return self.kind.origin(self.work)

    @property
    def summary(self) -> Text | None:
        """What came of it, for a kind that tells."""
        return self.kind.summary(self.work) if self.kind.summary and self.work.state == DONE else None

    @property
    def failure(self) -> Failure | None:
        return failure_from(self.work.failure)


def seen(work: Work) -> WorkView:
    """One work as it is shown."""
    return WorkView(work, work_kinds()[work.task])


def all_seen(works: Iterable[Work]) -> list[WorkView]:
    """The same of several."""
    return [seen(work) for work in works]
