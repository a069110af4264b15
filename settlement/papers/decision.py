"""The decision letter 奖补资金结算决定书: what a released batch pays one beneficiary, or takes back, item by item."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlmodel import Session

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.clock import business_day
from kernel.errors import NotFound
from kernel.money import grouped
from kernel.periods import Quarter
from settlement.batches.digests import Shares
from settlement.batches.items import items_of, shares_by_item, statements_by_item
from settlement.batches.models import Batch, BatchItem
from settlement.batches.reading import batch_by_number, batches_of_statement, signatures_of
from settlement.batches.workflow import INCLUDED, KINDS, ORDERED
from settlement.papers.hands import hands_on
from settlement.papers.letter import TOTAL, PaperLetter, PaperTable, amounts, letter_pdf, long_day
from settlement.returns.service import SEES_ALL
from settlement.statements import labels
from settlement.statements.models import Statement
from settlement.statements.service import BENEFICIARY_ROLES, StatementWhole

TITLE = Text("奖补资金结算决定书", "Decision on a settlement")
PAID, TAKEN_BACK = Text("本次拨付", "Paid this time"), Text("本次追回", "Taken back this time")
ITEM_HEADS = (
    Text("结算单", "Statement"),
    Text("政策", "Scheme"),
    Text("季度", "Quarter"),
    Text("类别", "Kind"),
    Text("应付（元）", "Due (yuan)"),
    Text("此前已批（元）", "Awarded before (yuan)"),
    Text("本次（元）", "This time (yuan)"),
)
CLOSING = (
    Text(
        "本次 = 应付 − 此前已批。各承担方分别拨付；追回的先从以后的应付款里抵扣，抵扣不完的另发追回通知。",
        "This time = due − awarded before. Each payer pays its own part; what is taken back is set off against later amounts first, "
        "and asked for by notice where that is not enough.",
    ),
    Text(
        "对本决定有异议的，可以书面向本局提出，也可以依法申请行政复议或者提起行政诉讼。",
        "Whoever disagrees may write to the bureau, or ask for reconsideration or go to court as the law provides.",
    ),
)


def decision_letter(db: Session, caller: Caller, number: str, code: str, *, lang: str) -> bytes:
    """The PDF of a beneficiary's decision in a batch; NotFound before the release, for a stranger, and for who is not in it."""
    batch = batch_by_number(db, number)
    items = items_of(db, batch, (INCLUDED,)) if batch.state == ORDERED else []
    statements = statements_by_item(db, items)
    own = [one for one in items if statements[one.statement_id].statement.beneficiary_code == code]
    if not own or not may_read(caller, own[0].beneficiary_id):
        raise _missing()
    return letter_pdf(_letter(db, batch, own, statements), lang=lang)


def _missing() -> NotFound:
    return NotFound("decision_not_found", "没有这份决定书", "There is no such decision")


def decision_letters(db: Session, caller: Caller, number: str) -> list[tuple[str, PaperLetter]]:
    """The letters of every beneficiary of a batch, by credit code, ready to be printed; NotFound before the release, and for whoever
    is not of the finance side."""
    batch = batch_by_number(db, number)
    if batch.state != ORDERED or caller.role not in SEES_ALL:
        raise _missing()
    items = items_of(db, batch, (INCLUDED,))
    statements = statements_by_item(db, items)
    by_code: dict[str, list[BatchItem]] = {}
    for item in items:
        by_code.setdefault(statements[item.statement_id].statement.beneficiary_code, []).append(item)
    return [(code, _letter(db, batch, own, statements)) for code, own in sorted(by_code.items())]


def may_read(caller: Caller, beneficiary_id: int) -> bool:
    """The finance side, and the beneficiary's own people."""
    own = caller.role in BENEFICIARY_ROLES.get(caller.organisation_kind, ())
    return caller.role in SEES_ALL or (own and caller.organisation_id == beneficiary_id)


def decisions_of(db: Session, statement: Statement) -> list[Batch]:
    """The released batches that decided on a statement, the newest first."""
    return [
        batch
        for batch, item in batches_of_statement(db, statement.number)
        if batch.state == ORDERED and item.state == INCLUDED
    ]


def _letter(
    db: Session, batch: Batch, items: Sequence[BatchItem], statements: Mapping[int, StatementWhole]
) -> PaperLetter:
    party = statements[items[0].statement_id].statement
    total = sum(item.amount for item in items)
    released = max(signature.signed_at for signature in signatures_of(db, batch))
    return PaperLetter(
        title=TITLE,
        foot=Text(f"{batch.number} · {batch.digest}", f"{batch.number} · {batch.digest}"),
        day=business_day(released),
        head=(
            (Text("批次", "Batch"), batch.number),
            (Text("季度", "Quarter"), _quarter(batch.quarter)),
            (Text("统一社会信用代码", "Credit code"), party.beneficiary_code),
            (Text("区县", "Fiscal region"), labels.region(party.region)),
        ),
        addressee=Text(f"{party.beneficiary_name}：", party.beneficiary_name),
        body=(_body(batch, total),),
        amount_label=PAID if total >= 0 else TAKEN_BACK,
        amount=abs(total),
        tables=(_items(items, total), _payers(shares_by_item(db, items).values())),
        clauses=_clauses(statements[item.statement_id] for item in items),
        closing=CLOSING,
        hands=hands_on(db, batch),
    )


def _body(batch: Batch, total: int) -> Text:
    since, until = batch.notice_from, batch.notice_until
    assert since is not None
    assert until is not None
    verb = Text("拨付", "pay") if total >= 0 else Text("追回", "take back")
    return Text(
        f"你单位的下列事项已经办、复核、审批，自{long_day(since).zh}至{long_day(until).zh}公示期满，"
        f"现决定{verb.zh}奖补资金如下。",
        f"The items below were prepared, reviewed and approved, and were on public notice from {long_day(since).en} to "
        f"{long_day(until).en}. The bureau decides to {verb.en} as follows.",
    )


def _quarter(text: str) -> Text:
    quarter = Quarter.parse(text)
    short = labels.short_quarter(quarter)
    return Text(f"{quarter.year} 年{short.zh}", f"{quarter.year} {short.en}")


def _items(items: Sequence[BatchItem], total: int) -> PaperTable:
    rows = tuple(
        (
            f"{item.statement_number} r{item.revision}",
            labels.scheme(item.scheme),
            item.quarter,
            KINDS[item.kind],
            grouped(item.due),
            grouped(item.awarded),
            grouped(item.amount),
        )
        for item in items
    )
    last = (TOTAL, "", "", "", "", "", grouped(total))
    title = Text("逐项", "Item by item")
    return PaperTable(title, ITEM_HEADS, rows, (0, 1, 0, 0, 0, 0, 0), right=(4, 5, 6), total=last)


def _payers(parts: Iterable[Shares]) -> PaperTable:
    sums: dict[str, int] = {}
    for shares in parts:
        for payer, fen in shares:
            sums[payer] = sums.get(payer, 0) + fen
    rows = amounts([(labels.payer(payer), fen) for payer, fen in sums.items()])
    heads = (Text("承担方", "Payer"), Text("金额（元）", "Amount (yuan)"))
    return PaperTable(
        Text("谁承担", "Who bears it"),
        heads,
        rows,
        (1, 0),
        right=(1,),
        total=(TOTAL, grouped(sum(sums.values()))),
    )


def _clauses(wholes: Iterable[StatementWhole]) -> tuple[Mapping[str, Any], ...]:
    """Each clause once, in the order of the items."""
    found: dict[tuple[str, str], Mapping[str, Any]] = {}
    for whole in wholes:
        for clause in whole.explanation["clauses"]:
            found.setdefault((clause["quote"], clause["reference"]), clause)
    return tuple(found.values())
