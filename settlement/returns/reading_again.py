"""The mended version of the present request as the next one; the same for page and API."""

from flask import current_app

from kernel import database
from kernel.accounts.access import caller
from kernel.web.edge import clock
from kernel.web.language import language
from kernel.works import places
from kernel.works.models import Work
from kernel.works.ordering import ask_for_good
from kernel.works.service import Order
from settlement.handed_over import premises
from settlement.returns.models import LoanReturn
from settlement.returns.repairing import file_repaired, repairs_to_file
from settlement.returns.repairs import Repair, repairs_out
from settlement.returns.service import return_by_id
from settlement.returns.works import READING_AGAIN


def read_mended(return_id: int) -> LoanReturn | Work:
    """The next version, or for a large file the work that reads it; what cannot be read again is told at once."""
    db, now = database.current(), clock()
    repairs = repairs_to_file(db, caller(), return_id)
    filed = return_by_id(db, caller(), return_id)
    if filed.size > current_app.extensions["settings"].work_bytes:
        return _asked(filed, repairs)
    return file_repaired(db, caller(), return_id, repairs, premises=premises(), at=now.now(), today=now.today())


def _asked(filed: LoanReturn, repairs: list[Repair]) -> Work:
    """The work asked for with the repairs as they stand: the very same ones asked for twice are one work."""
    content = {"return": filed.id, "repairs": repairs_out(repairs)}
    about = f"{filed.quarter} · {filed.file_name}"
    order = Order(READING_AGAIN.name, about, content, places.new_folder(), language())
    return ask_for_good(database.current(), caller(), order, at=clock().now())
