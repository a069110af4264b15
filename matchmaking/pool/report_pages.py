"""The January report: its page, its paper, its workbook, and issuing it. They hang on the pool's blueprint."""

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from kernel import database
from kernel.accounts.access import caller, requires
from kernel.audit.remembering import remembering
from kernel.regions import region
from kernel.web.downloads import file_to_save
from kernel.web.edge import clock
from kernel.web.language import language
from matchmaking.handed_over import policy_book
from matchmaking.pool import report as reports
from matchmaking.pool.pages import blueprint
from matchmaking.pool.paper import percent_of, report_paper, summary
from matchmaking.pool.quota import report_until
from matchmaking.pool.scope import INDUSTRY, POOL_READERS
from matchmaking.pool.workbook import report_workbook
from matchmaking.sent_files import PDF, XLSX


def _report(year: int) -> reports.YearReport:
    """A year's report, remembered until the books change."""
    db, wanted, book, today = database.current(), reports.sensible_year(year), policy_book(), clock().today()
    key = ("pool.report", wanted, book.digest, today)
    return remembering().of(db, key, lambda: reports.report_of(db, wanted, book=book, today=today))


@blueprint.get("/reports/<int:year>")
@requires(*POOL_READERS)
def show_report(year: int) -> ResponseReturnValue:
    """A year's report, as issued or as it would read today."""
    found, today = _report(year), clock().today()
    return render_template(
        "pool/report.html",
        report=found,
        summary=summary(found),
        percent_of=percent_of,
        region_name=lambda code: region(code).name,
        until=report_until(policy_book(), year),
        today=today,
        may_issue=caller().role == INDUSTRY and found.issued_on is None and today.year > year,
    )


@blueprint.post("/reports/<int:year>")
@requires(INDUSTRY)
def issue_report(year: int) -> ResponseReturnValue:
    now, wanted = clock(), reports.sensible_year(year)
    reports.issue(database.current(), caller(), wanted, book=policy_book(), at=now.now(), today=now.today())
    flash(_("通报发出了，数字定下来，不再变"), "ok")
    return redirect(url_for("pool.show_report", year=wanted))


@blueprint.get("/reports/<int:year>/report.pdf")
@requires(*POOL_READERS)
def paper_of_report(year: int) -> ResponseReturnValue:
    """The report as a paper in the reader's language."""
    return file_to_save(report_paper(_report(year), lang=language()), f"pool-report-{year}.pdf", PDF)


@blueprint.get("/reports/<int:year>/report.xlsx")
@requires(*POOL_READERS)
def workbook_of_report(year: int) -> ResponseReturnValue:
    """The report as a workbook with formulas."""
    return file_to_save(report_workbook(_report(year)), f"pool-report-{year}.xlsx", XLSX)
