"""The January report on paper: A4 in the reader's language, from the same figures as the page."""

from pathlib import Path
from typing import Any

from kernel.bilingual import Text
from kernel.papers import print_paper
from kernel.regions import region
from matchmaking.pool.report import CountyLine, YearReport

TEMPLATE = Path(__file__).parent / "report.typ"
HEADS = (
    Text("名次", "Rank"),
    Text("县（市、区）", "County"),
    Text("预期目标", "Target"),
    Text("已升规", "Reached"),
    Text("完成率", "Done"),
    Text("差", "Lacking"),
    Text("在库", "In the pool"),
    Text("应在库", "Minimum"),
    Text("退规", "Fell"),
)


def percent_of(line: CountyLine) -> str:
    """`84.2%`: reached, of the target."""
    return f"{line.permille // 10}.{line.permille % 10}%"


def _cells(line: CountyLine, first: list[str]) -> list[str]:
    counts = (line.missing, line.in_pool, line.minimum, line.fell)
    return [*first, str(line.target), str(line.reached), percent_of(line), *(str(one) for one in counts)]


def _names(lines: tuple[CountyLine, ...], lang: str) -> str:
    names = [region(line.region).name.in_language(lang) for line in lines]
    return ("、" if lang == "zh" else ", ").join(names) or Text("无", "none").in_language(lang)


def summary(report: YearReport) -> Text:
    """The year in one sentence."""
    total = report.total
    return Text(
        f"{report.year} 年全市预期新增规模以上工业企业 {report.city_target} 家，已升规 {total.reached} 家，完成 {percent_of(total)}；"
        f"{len(report.met)} 个县（市、区）完成目标，{len(report.missed)} 个没有完成。",
        f"For {report.year} the city expected {report.city_target} new above-scale industrial firms; {total.reached} reached scale, "
        f"{percent_of(total)}. {len(report.met)} counties met their targets, {len(report.missed)} did not.",
    )


def report_paper(report: YearReport, *, lang: str) -> bytes:
    """The PDF of a report."""

    def say(zh: str, en: str) -> str:
        return Text(zh, en).in_language(lang)

    issued = report.issued_on
    basis = say(f"数据截至 {report.day}", f"Figures as of {report.day}")
    state = (
        say(f"{issued} 通报", f"Issued {issued}")
        if issued
        else say("未通报，按目前数据", "Not issued; as things stand")
    )
    facts: dict[str, Any] = {
        "lang": lang,
        "title": say(
            f"{report.year} 年度“小升规”预期目标完成情况通报", f"“Small to above-scale” targets of {report.year}"
        ),
        "subtitle": f"{state}　{basis}" if lang == "zh" else f"{state}. {basis}",
        "foot": say("依据：平政办〔2022〕15号 附件2 二、五(四)", "By: 平政办〔2022〕15号, annex 2, II and V(4)"),
        "page_of": say("第 {page} 页，共 {pages} 页", "Page {page} of {pages}"),
        "summary": summary(report).in_language(lang),
        "table_title": say("各县（市、区）完成情况（家）", "By county (firms)"),
        "heads": [head.in_language(lang) for head in HEADS],
        "rows": [
            _cells(line, [str(rank), region(line.region).name.in_language(lang)])
            for rank, line in enumerate(report.lines, start=1)
        ],
        "total": _cells(report.total, ["", say("全市", "The city")]),
        "met": [say("完成目标", "Targets met"), _names(report.met, lang)],
        "missed": [say("没有完成", "Targets missed"), _names(report.missed, lang)],
        "notes": say(
            "已升规：当年首次或再次纳入规模以上工业统计的企业，不论是否在培育库。完成率按家数，四舍五入到 0.1 个百分点；"
            "同率的按升规家数排。应在库：预期目标的 1.2 倍，向上取整。退规：当年退出规模以上统计的企业。",
            "Reached: firms that entered the above-scale register in the year, in the pool or not. Done: by number of firms, to a "
            "tenth of a percent; equal rates by firms. Minimum: 1.2 times the target, rounded up. "
            "Fell: firms that left the register in the year.",
        ),
    }
    return print_paper(TEMPLATE, facts)
