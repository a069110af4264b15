"""What set-up builds: fonts and the slice of Bootstrap; and what the style sheets may contain."""

import re
from pathlib import Path

import pytest
from fontTools.pens.boundsPen import BoundsPen
from fontTools.ttLib import TTFont

from kernel.web import build, formats
from kernel.web.bootstrap import cut, rules
from kernel.web.embolden import embolden, moved

SHEETS = sorted((formats.STATIC / "css").glob("*.css"))
TOO_NEW = (
    ":has(",
    ":is(",
    ":where(",
    "@layer",
    "@container",
    "aspect-ratio",
    "accent-color",
    "color-mix",
    "dvh",
)
SERIF = build.recipes()["song-700.woff2"].source


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def tokens() -> dict[str, str]:
    text = (formats.STATIC / "css" / "tokens.css").read_text("utf-8")
    found = dict(re.findall(r"--([a-z0-9-]+): (#[0-9A-F]{3,6})\b", text))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * sign for sign in value[1:])
        for name, value in found.items()
    }


@pytest.mark.parametrize(
    ("ink", "ground", "least"),
    [
        ("ink", "desk", 4.5), ("ink2", "desk", 4.5), ("ink3", "desk", 4.5), ("ink3", "dai-tint", 4.5), ("link", "paper", 4.5),
        ("visited", "paper", 4.5), ("ok", "ok-tint", 4.5), ("wait", "wait-tint", 4.5), ("stop", "stop-tint", 4.5),
        ("paper", "dai", 4.5), ("paper", "step4", 4.5), ("ink", "step3", 4.5), ("line3", "paper", 3.0), ("wait-mark", "paper", 3.0),
        ("gold", "dai-hover", 3.0), ("ink2", "word-tint", 4.5),
    ],
)  # fmt: skip
def test_words_and_edges_stand_out_from_their_ground(ink: str, ground: str, least: float) -> None:
    assert contrast(tokens()[ink], tokens()[ground]) >= least


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.name)
def test_a_sheet_holds_nothing_that_chromium_86_cannot_read(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text("utf-8"), flags=re.S)
    assert not [feature for feature in TOO_NEW if feature in text]
    assert not re.search(r"(?<![-\w])inset:", text)
    assert not [prelude for prelude, body in rules(text) if "{" in body and not prelude.startswith("@")], "nesting"


def test_no_sheet_loads_anything_from_elsewhere() -> None:
    urls = [url for sheet in SHEETS for url in re.findall(r"url\(\"?([^\")]+)", sheet.read_text("utf-8"))]
    assert urls
    assert all(url.startswith("../") for url in urls)


def test_bootstrap_gives_reboot_grid_and_forms_and_keeps_the_rest() -> None:
    css = (
        ':root{--bs-used:#000;--bs-unused:#FFF}@charset "utf-8";body{color:var(--bs-used)}.btn{color:red}'
        ".row>*{width:100%}.form-control:focus{outline:0}.form-control.is-valid{color:green}"
        "@media (min-width:768px){.col-md-6{width:50%}.modal{width:1px}}@keyframes spin{to{top:0}}[data-bs-theme=dark]{color:red}"
    )
    assert cut(css) == (
        ":root{--bs-used:#000;}body{color:var(--bs-used)}.row>*{width:100%}.form-control:focus{outline:0}"
        "@media (min-width:768px){.col-md-6{width:50%}}"
    )


def test_an_outline_grows_more_across_than_up_and_down() -> None:
    square = [(0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0)]
    assert moved(square, 20, 6) == [(-10.0, -3.0), (110.0, -3.0), (110.0, 103.0), (-10.0, 103.0)]


def test_a_counter_shrinks_as_its_outline_grows() -> None:
    hole = [(0.0, 0.0), (0.0, 100.0), (100.0, 100.0), (100.0, 0.0)]
    assert moved(hole, 20, 6) == [(10.0, 3.0), (10.0, 97.0), (90.0, 97.0), (90.0, 3.0)]


def glyph_box(font: TTFont, sign: str) -> tuple[tuple[float, ...], int]:
    name, glyphs = font.getBestCmap()[ord(sign)], font.getGlyphSet()
    pen = BoundsPen(glyphs)
    glyphs[name].draw(pen)
    assert pen.bounds is not None
    return pen.bounds, font["hmtx"][name][0]


def test_a_heavier_weight_is_wider_inked_and_chinese_keeps_its_square() -> None:
    with TTFont(SERIF, lazy=True) as regular, TTFont(SERIF, lazy=True) as heavy:
        for font in (regular, heavy):
            build.keep_only(font, "年2，")
        embolden(heavy, 44, 14)
        boxes = {sign: (glyph_box(regular, sign), glyph_box(heavy, sign)) for sign in "年2，"}
    for sign, wider in (("年", 0), ("2", 18), ("，", 0)):
        ((left, _, right, _), width), ((heavy_left, _, heavy_right, _), heavy_width) = boxes[sign]
        assert 30 < (heavy_right - heavy_left) - (right - left) < 60  # sharp tips move further than flat edges
        assert heavy_width - width == wider


def test_titles_capitals_and_surnames_are_in_the_song_subset() -> None:
    signs = build.title_characters()
    assert set(
        "贷款增量奖励结算单报送贷款明细谁能贷给你第43周对接会"
        + "壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整"
        + "林高赵周苏何孙"
    ) <= set(signs)


def test_quoted_clauses_are_in_the_clause_subset() -> None:
    assert set("按照贷款余额增量的给予资金奖励") <= set(build.clause_characters())


def test_building_again_builds_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build, "BUILT", tmp_path)
    small = {"song.woff2": build.Recipe(SERIF, "银企", 44, 14)}
    monkeypatch.setattr(build, "recipes", lambda: small)
    build.build_fonts()
    first = (tmp_path / "song.woff2").stat().st_mtime_ns
    build.build_fonts()
    assert (tmp_path / "song.woff2").stat().st_mtime_ns == first
    with TTFont(tmp_path / "song.woff2") as font:
        assert set("银企") <= {chr(code) for code in font.getBestCmap()}
