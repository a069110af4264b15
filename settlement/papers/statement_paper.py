"""The statement 结算单 as a paper: what is due, how it came about, by which documents, who bears it, places for the hands."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.money import capitals, grouped
from kernel.papers import print_paper
from kernel.periods import Quarter
from settlement.batches.models import Batch, BatchItem
from settlement.batches.workflow import KINDS, STATES
from settlement.papers.hands import NOBODY, PaperHand, hands_told
from settlement.papers.letter import clause_told
from settlement.statements import labels
from settlement.statements.models import StatementLine, StatementShare
from settlement.statements.service import StatementWhole

TEMPLATE = Path(__file__).with_name("statement.typ")
NONE = "—"
Standing = tuple[Batch, BatchItem]  # a batch and what a statement asked for in it


def statement_paper(
    whole: StatementWhole, *, lang: str, standings: Sequence[Standing] = (), hands: tuple[PaperHand, ...] = NOBODY
) -> bytes:
    """The PDF of one revision in a language (`zh` or `en`), with what each batch awarded or adjusted on it, the oldest first.

    `hands` are those on the newest batch with this revision. The same revision, batches and hands give the same bytes.
    """
    return print_paper(TEMPLATE, facts(whole, lang, standings, hands))


def facts(
    whole: StatementWhole, lang: str, standings: Sequence[Standing] = (), hands: tuple[PaperHand, ...] = NOBODY
) -> dict[str, Any]:
    """Everything the template prints, as text in one language."""

    def say(zh: str, en: str) -> str:
        return zh if lang == "zh" else en

    statement = whole.statement
    return {
        "lang": lang,
        "title": say("结算单", "Statement"),
        "subtitle": labels.scheme(statement.scheme).in_language(lang),
        "foot": f"{statement.number} · {say('第', 'revision ')}{statement.revision}{say('稿', '')} · {statement.digest}",
        "page_of": say("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
        "head": _head(whole, lang),
        "amount_label": say("应付金额", "Amount due"),
        "amount": _money(statement.amount),
        "unit": say("元", "yuan"),
        "capitals": "" if statement.amount is None else f"{say('人民币', 'CNY ')}{capitals(statement.amount)}",
        "holds": [labels.hold(code).in_language(lang) for code in statement.reasons],
        "lines": _lines(whole, lang),
        "shares": _shares(whole, lang),
        "standings": _standings(standings, lang),
        "clauses": {
            "title": say("依据", "Clause"),
            "rows": [clause_told(one, lang) for one in whole.explanation["clauses"]],
        },
        "parameters": _parameters(whole.explanation["parameters"], lang),
        "hands": hands_told(hands, lang),
    }


def _told(pair: Sequence[str] | None, lang: str) -> str:
    """One side of a text as explanations keep it: `[Chinese, English]`."""
    return "" if pair is None else pair[0 if lang == "zh" else 1]


def _money(fen: int | None) -> str:
    return NONE if fen is None else grouped(fen)


def _head(whole: StatementWhole, lang: str) -> list[list[str]]:
    statement, quarter = whole.statement, Quarter.parse(whole.statement.quarter)
    rows = (
        (Text("编号", "Number"), statement.number),
        (Text("稿次", "Revision"), str(statement.revision)),
        (Text("受益方", "Beneficiary"), statement.beneficiary_name),
        (Text("统一社会信用代码", "Credit code"), statement.beneficiary_code),
        (Text("季度", "Quarter"), f"{quarter.year} {labels.short_quarter(quarter).in_language(lang)}"),
        (Text("区县", "Fiscal region"), labels.region(statement.region).in_language(lang)),
    )
    return [[label.in_language(lang), value] for label, value in rows]


def _lines(whole: StatementWhole, lang: str) -> dict[str, Any]:
    heads = (
        Text("项目", "Item"),
        Text("基数（元）", "Base (yuan)"),
        Text("比例", "Rate"),
        Text("金额（元）", "Amount (yuan)"),
    )
    return {
        "title": Text("怎么算的", "How it came about").in_language(lang),
        "heads": [head.in_language(lang) for head in heads],
        "rows": [_line(line, lang) for line in whole.lines],
        "total": [Text("合计", "Total").in_language(lang), "", "", _money(whole.statement.amount)],
    }


def _line(line: StatementLine, lang: str) -> list[str]:
    title = line.title_zh if lang == "zh" else line.title_en
    return [f"{title} {line.subject}".strip(), _money(line.base), _rate(line.rate), _money(line.amount)]


def _rate(exact: str) -> str:
    """A rate as people say it: 0.01 is 1%; a fraction stays as it is."""
    if not exact or "/" in exact:
        return exact or NONE
    return f"{(Decimal(exact) * 100).normalize():f}%"


def _shares(whole: StatementWhole, lang: str) -> dict[str, Any]:
    heads = (Text("承担方", "Payer"), Text("比例", "Part"), Text("金额（元）", "Amount (yuan)"))
    return {
        "title": Text("谁承担", "Who bears it").in_language(lang),
        "heads": [head.in_language(lang) for head in heads],
        "rows": [_share(share, lang) for share in whole.shares],
        "total": [Text("合计", "Total").in_language(lang), "", _money(sum(share.amount for share in whole.shares))],
    }


def _share(share: StatementShare, lang: str) -> list[str]:
    return [labels.payer(share.payer).in_language(lang), _percent(Fraction(share.part)), _money(share.amount)]


def _standings(standings: Sequence[Standing], lang: str) -> dict[str, Any]:
    """What every batch asked for on the statement: due by its revision less what was awarded before."""
    heads = (
        Text("批次", "Batch"),
        Text("稿次", "Revision"),
        Text("应付（元）", "Due (yuan)"),
        Text("此前已批（元）", "Awarded before (yuan)"),
        Text("本次（元）", "This time (yuan)"),
    )
    return {
        "title": Text("历次批次：本次 = 应付 − 此前已批", "Batches: this time = due − awarded before").in_language(
            lang
        ),
        "heads": [head.in_language(lang) for head in heads],
        "rows": [_standing(batch, item, lang) for batch, item in standings],
    }


def _standing(batch: Batch, item: BatchItem, lang: str) -> list[str]:
    kind, state = KINDS[item.kind].in_language(lang), STATES[batch.state].in_language(lang)
    amounts = [_money(fen) for fen in (item.due, item.awarded, item.amount)]
    return [f"{batch.number} · {kind} · {state}", str(item.revision), *amounts]


def _percent(part: Fraction) -> str:
    """`50%`; a part that percents cannot tell exactly stays a fraction."""
    percents = part * 100
    return f"{percents}%" if percents.denominator == 1 else str(part)


def _parameters(parameters: Sequence[Mapping[str, Any]], lang: str) -> dict[str, Any]:
    heads = (Text("参数", "Parameter"), Text("取值", "Value"), Text("起", "Since"), Text("文件", "Document"))
    return {
        "title": Text("参数", "Parameters").in_language(lang),
        "heads": [head.in_language(lang) for head in heads],
        "rows": [
            [_told(one["title"], lang), _told(one["shown"], lang), one["since"] or NONE, one["reference"]]
            for one in parameters
        ],
    }
