"""A statement told line by line, for the terminal: figure, clause, parameters, rows, shares, digests."""

from collections.abc import Iterator, Sequence
from typing import Any

from kernel.bilingual import Text
from kernel.money import grouped
from settlement.engine.trace import LoanRow
from settlement.statements import labels
from settlement.statements.growth.views import GrowthView
from settlement.statements.views import StatementView

SHOWN = ("rate", "basis", "alternative_basis", "credit_line_limit", "credit_line_limit_inclusive", "rounding")
ORIGINS = {"notice": Text("文件", "notice"), "rule": Text("规定", "public rule"), "default": Text("默认", "default")}


def _figure(fen: int | None) -> str:
    return "—" if fen is None else grouped(fen)


def _said(texts: Sequence[str] | None, lang: str) -> str:
    return "" if not texts else texts[1 if lang == "en" else 0]


def told(view: StatementView, loans: Sequence[LoanRow], lang: str) -> Iterator[str]:
    """The lines in one language."""
    yield from _head(view, lang)
    yield from _readings(view, lang) if isinstance(view, GrowthView) else _lines(view, lang)
    yield from _clause(view, lang)
    yield from _parameters(view, lang)
    if isinstance(view, GrowthView):
        yield from _rows(view, loans, lang)
    yield from _shares(view, lang)
    yield from _digests(view, lang)


def _head(view: StatementView, lang: str) -> Iterator[str]:
    one = view.statement
    yield f"{one.number} r{one.revision}  {one.beneficiary_name}  {one.quarter}  {view.region.in_language(lang)}"
    for hold in view.holds:
        yield f"! {hold.in_language(lang)}"


def _readings(view: GrowthView, lang: str) -> Iterator[str]:
    yield f"\n{Text('数', 'Figure').in_language(lang)}"
    for kept in view.explanation["readings"]:
        if kept["is_paid"] or kept["is_alternative"]:
            mark = Text("本批所付", "paid").in_language(lang) if kept["is_paid"] else ""
            yield f"  {labels.basis(kept['basis']).in_language(lang)}: {_figure(kept['amount'])} {mark}".rstrip()
            yield f"    {_said(kept['written_out'], lang)}"


def _lines(view: StatementView, lang: str) -> Iterator[str]:
    yield f"\n{Text('数', 'Figure').in_language(lang)}"
    for line in view.lines:
        title = Text(line.title_zh, line.title_en).in_language(lang)
        yield f"  {title}  {line.subject}: {_figure(line.base)} × {line.rate or '—'} = {_figure(line.amount)}"
    yield f"  {Text('合计', 'In all').in_language(lang)}: {_figure(view.statement.amount)}"


def _clause(view: StatementView, lang: str) -> Iterator[str]:
    yield f"\n{Text('条款', 'Clause').in_language(lang)}"
    for clause in view.explanation["clauses"]:
        yield f"  “{clause['quote']}”"
        yield f"  {clause['reference']}"


def _parameters(view: StatementView, lang: str) -> Iterator[str]:
    heading = Text("参数，按 {day} 取值", "Parameters on {day}").format(day=view.explanation["day"])
    yield f"\n{heading.in_language(lang)}"
    shown = SHOWN if isinstance(view, GrowthView) else tuple(view.parameters)
    for name in shown:
        found = view.parameters.get(name)
        if found is not None:
            origin = ORIGINS[found["origin"]].in_language(lang)
            period = f"{found['since']} … {found['until'] or ''}".strip()
            title, value = _said(found["title"], lang), _said(found["shown"], lang)
            yield f"  {title}: {value}  [{origin}] {period}  {found['reference']}"


def _rows(view: GrowthView, loans: Sequence[LoanRow], lang: str) -> Iterator[str]:
    yield f"\n{Text('数据行', 'Rows').in_language(lang)}"
    if view.own_return is not None:
        version = Text("报表第 {v} 版，{file}", "return version {v}, {file}")
        yield f"  {version.format(v=view.own_return.version, file=view.own_return.file_name).in_language(lang)}"
    for row in view.reconciled:
        yield f"  {row['label'].in_language(lang)}: {row['count']:,}  {grouped(row['fen'])}"
    for loan in loans:
        yield f"    #{loan.row}  {loan.loan_id}  {loan.borrower_name}  {grouped(loan.credit_line)}  {grouped(loan.balance)}"


def _shares(view: StatementView, lang: str) -> Iterator[str]:
    yield f"\n{Text('谁来承担', 'Who bears it').in_language(lang)}"
    for payer, part, fen in view.share_rows:
        yield f"  {payer.in_language(lang)} {part}: {grouped(fen)}"


def _digests(view: StatementView, lang: str) -> Iterator[str]:
    one = view.statement
    yield f"\n{Text('指纹', 'Digests').in_language(lang)}"
    digests: dict[str, Any] = {"statement": one.digest, "policy": one.policy_digest}
    if isinstance(view, GrowthView):
        figures = view.figures
        own = {"return": figures.return_digest, "reference": figures.reference_digest, "rule": figures.rule_digest}
        digests = {"statement": one.digest, **own, "policy": one.policy_digest}
    for name, digest in digests.items():
        yield f"  {name}: {digest or '—'}"
