"""`yinqi renewals …`, `yinqi deferrals …` and `yinqi bridging …`: lists, exports and statements, each as the person named sees it."""

from datetime import datetime
from pathlib import Path
from typing import Any

import click

from kernel.money import grouped, yuan
from kernel.web.paging import Asked
from matchmaking.bridging import contributions
from matchmaking.bridging import reading as bridging_reading
from matchmaking.bridging.pools import balance_of, pool_name
from matchmaking.bridging.schemas import BridgingCaseOut, PoolOut
from matchmaking.bridging.statement import statement_of, workbook_of
from matchmaking.bridging.workflow import POOL_READERS
from matchmaking.bridging.workflow import READERS as BRIDGING_READERS
from matchmaking.bridging.workflow import STATES as CASE_STATES
from matchmaking.command_line import acting, as_json, labelled, named, now, out, show, who, write_csv
from matchmaking.deferrals.reading import FiledDeferral, deferrals_for
from matchmaking.deferrals.schemas import DeferralOut
from matchmaking.deferrals.workflow import STATES as DEFERRAL_STATES
from matchmaking.pool.service import may_not
from matchmaking.renewals.reading import FiledRenewal, MaturingLoan, radar, renewals_for
from matchmaking.renewals.schemas import MaturingLoanOut, RenewalOut
from matchmaking.renewals.workflow import READERS
from matchmaking.renewals.workflow import STATES as RENEWAL_STATES

EVERYTHING = Asked(per_page=100_000)


def _check_reader(caller: Any, readers: tuple[str, ...]) -> None:
    if caller.role not in readers:
        raise may_not()


@click.group("renewals", short_help="无还本续贷 Renewals")
def renewals() -> None:
    """Renewal without repayment of principal."""


def _renewal_row(one: FiledRenewal) -> tuple[object, ...]:
    row = one.renewal
    new = (row.new_loan, row.signed_on, row.settled_on)
    return (one.id, one.firm.name, one.bank.name, row.old_loan, yuan(row.old_balance), row.old_due_on, row.state, *new)


@renewals.command("list", short_help="续贷申请 Renewals")
@who
@click.option("--state", type=click.Choice(list(RENEWAL_STATES)), help="状态 Only those in this state")
@as_json
def renewals_list(username: str, state: str | None, in_json: bool) -> None:
    """The renewals of the person's own firm, bank or county; the bureaus see all."""
    with acting(username) as (db, caller):
        _check_reader(caller, READERS)
        rows = renewals_for(db, caller, EVERYTHING, state=state).items
        headings = ("号", "企业 firm", "银行 bank", "旧贷 old loan", "余额 balance", "到期 due", "状态 state")
        cells = lambda one: (*_renewal_row(one)[:6], labelled(RENEWAL_STATES, one.renewal.state))  # noqa: E731
        show(rows, headings, cells, RenewalOut(many=True) if in_json else None)


@renewals.command("export", short_help="导出 CSV Export")
@who
@out
def renewals_export(username: str, out: Path) -> None:
    """The same as a CSV file."""
    with acting(username) as (db, caller):
        _check_reader(caller, READERS)
        header = (
            "number",
            "firm",
            "bank",
            "old_loan",
            "balance",
            "due_on",
            "state",
            "new_loan",
            "signed_on",
            "settled_on",
        )
        write_csv(out, header, map(_renewal_row, renewals_for(db, caller, EVERYTHING).items))


@renewals.command("radar", short_help="快到期的贷款 Loans about to come due")
@who
@click.option(
    "--days", type=click.IntRange(1, 90), default=90, show_default=True, help="几天内到期 Within so many days"
)
@as_json
def renewals_radar(username: str, days: int, in_json: bool) -> None:
    """The loans of the person's own firm, bank or county that come due."""
    with acting(username) as (db, caller):
        _check_reader(caller, READERS)
        today = now().today()
        rows = radar(db, caller, EVERYTHING, today=today, days=days).items
        headings = ("合同 loan", "企业 firm", "银行 bank", "余额 balance", "到期 due", "还有几天 days left")

        def cells(one: MaturingLoan) -> tuple[object, ...]:
            loan = one.loan
            return (loan.loan, one.firm.name, one.bank.name, grouped(loan.balance), loan.due_on, one.days_left(today))

        show(rows, headings, cells, MaturingLoanOut(many=True) if in_json else None)


@click.group("deferrals", short_help="延期还本付息 Deferral")
def deferrals() -> None:
    """Deferral of principal and interest."""


@deferrals.command("list", short_help="延期申请 Applications to defer")
@who
@click.option("--state", type=click.Choice(list(DEFERRAL_STATES)), help="状态 Only those in this state")
@as_json
def deferrals_list(username: str, state: str | None, in_json: bool) -> None:
    """The applications of the person's own firm, bank or county; the bureaus see all."""
    with acting(username) as (db, caller):
        _check_reader(caller, READERS)
        headings = ("号", "企业 firm", "银行 bank", "合同 loan", "到期 due", "想延到 until", "状态 state")

        def cells(one: FiledDeferral) -> tuple[object, ...]:
            row = one.deferral
            state = labelled(DEFERRAL_STATES, row.state)
            return one.id, one.firm.name, one.bank.name, row.loan, row.due_on, row.until, state

        rows = deferrals_for(db, caller, EVERYTHING, state=state).items
        show(rows, headings, cells, DeferralOut(many=True) if in_json else None)


@click.group("bridging", short_help="应急转贷 The bridging fund")
def bridging() -> None:
    """The bridging fund: cases, pools, statements."""


@bridging.command("cases", short_help="转贷 Cases")
@who
@click.option("--state", type=click.Choice(list(CASE_STATES)), help="状态 Only those in this state")
@as_json
def bridging_cases(username: str, state: str | None, in_json: bool) -> None:
    """The cases of the person's own firm, bank or county; the finance side sees all."""
    with acting(username) as (db, caller):
        _check_reader(caller, BRIDGING_READERS)
        rows = bridging_reading.cases_for(db, caller, EVERYTHING, state=state).items
        headings = (
            "号",
            "企业 firm",
            "银行 bank",
            "旧贷 old loan",
            "金额 amount",
            "应还 due",
            "还欠 owed",
            "状态 state",
        )

        def cells(one: bridging_reading.FiledCase) -> tuple[object, ...]:
            case = one.case
            money = grouped(case.advance or case.amount)
            state = labelled(CASE_STATES, case.state)
            return one.id, one.firm.name, one.bank.name, case.old_loan, money, case.due_on, grouped(one.owed), state

        show(rows, headings, cells, BridgingCaseOut(many=True) if in_json else None)


@bridging.command("pools", short_help="资金池 Pools")
@who
@as_json
def bridging_pools(username: str, in_json: bool) -> None:
    """The pools that the person may look into, with what they hold and what waits to be checked."""
    with acting(username) as (db, caller):
        _check_reader(caller, POOL_READERS)
        headings = (
            "号",
            "资金池 pool",
            "可用 free",
            "已批未付 promised",
            "在外 out",
            "净额 capital",
            "待复核 to check",
        )

        def cells(pool: Any) -> tuple[object, ...]:
            held = balance_of(db, pool)
            waiting = sum(one.state == "entered" for one in contributions.contributions_of(db, pool))
            money = (held.free, held.promised, held.out, held.capital)
            return (pool.id, named(pool_name(pool.region)), *map(grouped, money), waiting)

        show(bridging_reading.pools_for(db, caller), headings, cells, PoolOut(many=True) if in_json else None)


@bridging.command("statement", short_help="月报 XLSX The statement of a month")
@click.argument("pool_id", type=click.IntRange(1))
@click.argument("month", type=click.DateTime(["%Y-%m"]))
@who
@out
def bridging_statement(pool_id: int, month: datetime, username: str, out: Path) -> None:
    """The statement of a pool for MONTH (2022-09) as XLSX."""
    with acting(username) as (db, caller):
        _check_reader(caller, POOL_READERS)
        made = statement_of(db, bridging_reading.pool_for(db, caller, pool_id), month.date())
        out.write_bytes(workbook_of(made))
        click.echo(str(out))
