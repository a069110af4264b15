"""What a batch's views, jobs and commands hand to its services: policies and archive, working days, the moment."""

from kernel.web.edge import clock
from settlement.batches.service import BatchDesk
from settlement.handed_over import premises, work_calendar


def desk() -> BatchDesk:
    """The desk of the present request, command or job."""
    now = clock()
    return BatchDesk(premises(), work_calendar(), now.now(), now.today())
