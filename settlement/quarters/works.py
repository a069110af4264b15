"""Computing a large quarter as a work: statement by statement, each in its own transaction, so that what is computed stays."""

from flask import current_app, url_for
from sqlmodel import Session, col, func, select

from kernel import database
from kernel.bilingual import Text
from kernel.periods import Quarter
from kernel.web.edge import clock
from kernel.works import places
from kernel.works.kinds import AtWork, WorkKind, WorkStage
from kernel.works.models import Work
from kernel.works.service import Order
from settlement.batches.reading import statement_ids_signed
from settlement.handed_over import premises
from settlement.returns.models import LoanReturn
from settlement.returns.service import SEES_ALL
from settlement.returns.workflow import CERTIFIED
from settlement.statements import labels
from settlement.statements.drafting import Drafted, draft_all, refuse_unfinished
from settlement.statements.schemes import DRAFTERS


def is_large(db: Session, quarter: Quarter) -> bool:
    """Whether computing takes longer than somebody should wait for a page: by the certified rows it rests on."""
    certified = (col(LoanReturn.quarter) == str(quarter)) & (col(LoanReturn.state) == CERTIFIED)
    rows = db.exec(select(func.coalesce(func.sum(LoanReturn.rows), 0)).where(certified)).one()
    return bool(rows > current_app.extensions["settings"].work_rows)


def drafting_order(quarter: Quarter, language: str) -> Order:
    """What is asked; Refused for a quarter that is not over."""
    refuse_unfinished(quarter, clock().today())
    return Order(DRAFTING.name, str(quarter), {"quarter": str(quarter)}, places.new_folder(), language)


def draft_quarter_work(work: AtWork) -> None:
    """Draft under every scheme; what was drafted before a kill is found unchanged afterwards."""
    quarter = Quarter.parse(work.content["quarter"])
    drafted = draft_all(
        work.db,
        quarter,
        premises=premises(),
        at=clock().now(),
        by=work.caller.actor,
        signed=statement_ids_signed(work.db),
        told=work.told,
    )
    database.write(work.db, lambda db: work.ending.finish(db, _result(quarter, drafted)))


def _result(quarter: Quarter, drafted: Drafted) -> str:
    return f"{quarter}/{len(drafted.written)}/{len(drafted.failed)}"


def _summary(work: Work) -> Text:
    _quarter, written, failed = work.result.split("/")
    if failed != "0":
        return Text(
            f"算好 {written} 张结算单；有 {failed} 家没有算成，已经记录，其余不受影响",
            f"{written} statements computed; {failed} failed and were recorded, the others are not affected",
        )
    if written == "0":
        return Text("没有变化，不用重算", "Nothing has changed; there is nothing to compute")
    return Text(f"算好 {written} 张结算单", f"{written} statements computed")


def _page(work: Work) -> str:
    return url_for("quarters.show", quarter=work.result.partition("/")[0])


def _api(work: Work) -> str:
    return url_for("statements-api.list_statements", quarter=work.result.partition("/")[0])


DRAFTING = WorkKind(
    name="draft_quarter",
    title=Text("计算一季的结算单", "Computing a quarter's statements"),
    stages=tuple(
        WorkStage(scheme, labels.scheme(scheme), 1, Text("{done} 家，共 {whole} 家", "{done} of {whole} beneficiaries"))
        for scheme in DRAFTERS
    ),
    run=draft_quarter_work,
    page=_page,
    api=_api,
    origin=lambda work: url_for("quarters.show", quarter=work.order["quarter"]),
    result=Text("看这一季", "See the quarter"),
    cancelled=Text(
        "取消以后，已经算好的留着，其余的没有算；再算时接着算。",
        "What is computed stays, the rest is not computed; computing again goes on from there.",
    ),
    readers=frozenset(SEES_ALL),
    reads="settlement:read",
    writes=None,
    summary=_summary,
)
