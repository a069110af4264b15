"""Charts say in words what they show, and draw it to scale."""

import re
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from markupsafe import Markup

from kernel.bilingual import Text
from kernel.web import charts, formats
from kernel.web.balance_chart import axis_note, growth_of, ticks
from kernel.web.calendar_chart import cells
from kernel.web.drawing import DAI, WAN, YI, unit_for
from kernel.workdays import WorkCalendar

SVG = "{http://www.w3.org/2000/svg}"
PICTURED = [
    ("2021-12-31", 99841270000),
    ("2022-03-31", 104108721492),
    ("2022-06-30", 102966438015),
    ("2022-09-30", 106692591743),
]
SEASON = [
    charts.Phase(Text("报送", "Filing"), date(2022, 10, 1), date(2022, 10, 10)),
    charts.Phase(Text("复核", "Review"), date(2022, 10, 11), date(2022, 10, 24)),
]


def drawing(markup: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(f"<div>{markup}</div>")


def words(markup: Markup) -> list[str]:
    return [element.text or "" for element in drawing(markup).iter(f"{SVG}text")]


def widths(markup: Markup, fill: str) -> list[float]:
    return [float(box.get("width", 0)) for box in drawing(markup).iter(f"{SVG}rect") if box.get("fill") == fill]


def every_chart() -> list[Markup]:
    series = [charts.Series(Text(name, name), [20399, 0, 18177]) for name in ("甲", "乙", "丙")]
    return [
        charts.balances(PICTURED, "余额怎么变的"),
        charts.grouped_bars(["一季度", "二季度", "三季度"], series, "三种算法"),
        charts.bars([("新华区", 44345683), ("叶县", 0)], "谁来承担"),
        charts.season(SEASON, date(2022, 10, 20), WorkCalendar(), "本季进程"),
    ]


def test_every_chart_has_a_title_and_its_figures_in_words() -> None:
    for chart in every_chart():
        for svg in drawing(chart).iter(f"{SVG}svg"):
            title, description = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
            assert svg.get("role") == "img"
            assert title is not None
            assert title.text
            assert description is not None
            assert description.text


def test_no_chart_needs_a_style() -> None:
    assert not [chart for chart in every_chart() if re.search(r"\bstyle\b|<script", chart)]


def test_charts_use_the_colours_of_the_tokens() -> None:
    tokens = (Path(formats.STATIC) / "css" / "tokens.css").read_text("utf-8").upper()
    rest_days = {"#DDE4E5"}
    used = {colour for chart in every_chart() for colour in re.findall(r"#[0-9A-F]{6}\b", chart)}
    assert not [colour for colour in used - rest_days if colour not in tokens]


def test_names_from_data_are_escaped() -> None:
    assert "<b>" not in charts.bars([("<b>", 100)], "<b>")


def test_money_axes_change_from_ten_thousands_to_hundred_millions_above_one_billion_yuan() -> None:
    assert unit_for([100_000_000_000]) is WAN
    assert unit_for([100_000_000_001]) is YI
    assert unit_for([]) is WAN


def test_a_dip_and_rebound_is_split_where_the_earlier_peak_lies() -> None:
    growth = growth_of(PICTURED)
    assert growth is not None
    assert (growth.new, growth.rebound) == (2583870251, 1142283477)
    written = words(charts.balances(PICTURED, "余额"))
    assert {"净新增 2,583.87", "回升 1,142.28", "106,692.59"} <= set(written)


@pytest.mark.parametrize(
    ("amounts", "new", "rebound"),
    [([100, 90, 95], 0, 5), ([100, 110], 10, 0), ([90, 100, 120], 20, 0), ([100, 50, 100], 0, 50)],
)
def test_growth_below_the_peak_is_a_rebound_and_above_it_new(amounts: list[int], new: int, rebound: int) -> None:
    growth = growth_of([(str(index), amount) for index, amount in enumerate(amounts)])
    assert growth is not None
    assert (growth.new, growth.rebound) == (new, rebound)


@pytest.mark.parametrize("amounts", [[100], [100, 100], [100, 90]])
def test_a_balance_that_did_not_grow_shows_no_growth(amounts: list[int]) -> None:
    points = [(f"2022-0{index + 1}-01", amount) for index, amount in enumerate(amounts)]
    assert growth_of(points) is None
    assert charts.balances(points, "余额")


def test_an_axis_has_a_handful_of_round_amounts_within_the_plot() -> None:
    for low, high in ((0, 1), (99841270000, 106692591743), (1, 10**17), (5, 5)):
        amounts = ticks(low, high, unit_for([low, high]))
        assert len(amounts) <= 6
        assert all(low <= amount <= high for amount in amounts)


def test_the_head_of_the_balance_says_that_it_does_not_start_at_zero() -> None:
    assert axis_note(PICTURED).zh == "左轴亿元，不从 0 起；标注万元"


def test_bars_start_at_zero_and_are_to_scale() -> None:
    chart = charts.grouped_bars(["甲", "乙"], [charts.Series("一", [200, 50])], "多少")
    long, short = widths(chart, DAI)
    assert long == 4 * short


def test_a_bar_beside_a_figure_is_hidden_from_readers() -> None:
    assert charts.bar(25, 100) == '<svg class="bar " aria-hidden="true"><rect width="25.0%" height="100%"/></svg>'
    assert 'width="0.0%"' in charts.bar(5, 0)


def test_a_season_gathers_rest_days_and_marks_make_up_days() -> None:
    days = cells(date(2022, 10, 1), date(2022, 10, 16), WorkCalendar())
    assert [(cell.days, cell.worked) for cell in days[:3]] == [(7, False), (1, True), (1, True)]
    written = words(charts.season(SEASON, date(2022, 10, 20), WorkCalendar(), "本季进程"))
    assert written.count("班") == 2
    assert {"今天", "休 7 日", "至 10月24日", "复核"} <= set(written)
