"""The letter 分担资金催拨函 that asks a county or district for its open share, from the payable book."""

from kernel.bilingual import Text
from kernel.money import grouped
from kernel.policies import PolicyBook
from settlement.papers.hands import NOBODY
from settlement.papers.letter import TOTAL, PaperLetter, PaperTable, letter_pdf, long_day
from settlement.payments import labels
from settlement.payments.payable_book import DemandLetter, PayableLine

TITLE = Text("分担资金催拨函", "Demand for a share of the funds")
HEADS = (
    Text("单位", "Beneficiary"),
    Text("政策", "Scheme"),
    Text("季度", "Quarter"),
    Text("应付（元）", "Due (yuan)"),
    Text("其中挂账（元）", "Carried (yuan)"),
    Text("尚未拨付（元）", "Open (yuan)"),
)


def demand_paper(letter: DemandLetter, book: PolicyBook, *, lang: str) -> bytes:
    """The PDF of a demand letter."""
    payer, day, due = labels.payer(letter.payer), long_day(letter.day), long_day(letter.due_on)
    return letter_pdf(
        PaperLetter(
            title=TITLE,
            foot=Text(f"{payer.zh} · {letter.day}", f"{payer.en} · {letter.day}"),
            day=letter.day,
            addressee=Text(f"{payer.zh}：", payer.en),
            body=(
                Text(
                    f"按平政办〔2022〕15号分级承担的规定，截至{day.zh}，你处应承担而尚未拨付的奖补资金如下，请于{due.zh}前拨付到位。",
                    f"Under the rule on shares of 平政办〔2022〕15号, you had not yet paid the following as of {day.en}. "
                    f"Please pay it by {due.en}.",
                ),
            ),
            amount_label=Text("尚未拨付", "Not paid yet"),
            amount=letter.total,
            tables=(_lines(letter, book),),
            closing=(
                Text(
                    "已在途的款项不在其中；到账后以银行回单为准。",
                    "What is on its way is not counted; the bank's receipt decides.",
                ),
            ),
            hands=NOBODY[:3],
        ),
        lang=lang,
    )


def _lines(letter: DemandLetter, book: PolicyBook) -> PaperTable:
    rows = tuple(_line(one, book) for one in letter.lines)
    total = (TOTAL, "", "", "", "", grouped(letter.total))
    return PaperTable(Text("明细", "Line by line"), HEADS, rows, (3, 2, 0, 0, 0, 0), right=(3, 4, 5), total=total)


def _line(line: PayableLine, book: PolicyBook) -> tuple[Text | str, ...]:
    figures = line.figures
    amounts = (grouped(figures.due), grouped(figures.carried), grouped(figures.still_owed))
    return (line.name, labels.scheme(book, line.key.scheme), str(line.key.quarter), *amounts)
