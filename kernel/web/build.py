"""Build what is not kept in the repository: `python -m kernel.web.build`, called by `make setup`, quick, offline, safe to repeat.

Fonts: subsets as woff2 in `static/built/`. Styles: Bootstrap's reboot, grid and forms, cut from its package. Catalogues: every
`translations/…/messages.po` as `.mo`.
"""

import hashlib
import re
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import flask_bootstrap
import pylopdf_fonts_zh_cn
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

from kernel.web import embolden as embolden_module
from kernel.web.bootstrap import cut
from kernel.web.embolden import embolden

ROOT = Path(__file__).parents[2]
BUILT = Path(__file__).parent / "static" / "built"
CONTEXTS = ("kernel", "matchmaking", "settlement")

CAPITALS = "零壹贰叁肆伍陆柒捌玖拾佰仟万亿元角分整负人民币"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石"
    "廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟"
    "殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳欧阳司马诸葛上官人银企财政局行"
)
TITLES = (
    "年第一二三四五六七八九十季度周月日号上下半到至今天明天昨天银企对接会结算单账簿名单试算审计报送贷款明细谁能贷给你的申请走到哪了"
    "增量奖励支小担保费补事项奖补核定余额公示拨付令决定文件登录退出首页产品续贷转贷过桥培育库白名单推荐会场席位时间表任务待办设置帮助"
    "新建修改查看确认说明规则参数条款原文导入导出没有找到这里进不去内容已经变服务出问题请稍等再试读懂个求还几要改回办成收件箱"
)
LATIN = "".join(map(chr, range(0x20, 0x7F))) + "·×÷−–—‘’“”…‰›¥、。《》〈〉「」『』【】〔〕（），：；？！％～￥＋－"
FIGURES = "".join(map(chr, (*range(0x20, 0x7F), *range(0xA0, 0x100)))) + "–—‘’‚“”…‰›−￥"
CHINESE = re.compile(r"[一-鿿㐀-䶿]")


def _characters_of(paths: list[Path], line_mark: str = "") -> set[str]:
    """The Chinese characters of some files, of the marked lines only when a mark is given."""
    lines = (line for path in paths for line in path.read_text("utf-8").splitlines())
    return {sign for line in lines if line_mark in line for sign in CHINESE.findall(line)}


def title_characters() -> str:
    """Signs of titles, seals and 大写: the fixed set and what the templates hand to `page_head`."""
    templates = [path for context in CONTEXTS for path in sorted((ROOT / context).rglob("templates/**/*.html"))]
    return "".join(sorted(set(CAPITALS + SURNAMES + TITLES + LATIN) | _characters_of(templates, "page_head(")))


def clause_characters() -> str:
    """Signs of clauses and 大写: the fixed set and the quoted sentences of the policy files."""
    policies = sorted((ROOT / "config" / "policies").glob("*.toml"))
    return "".join(sorted(set(CAPITALS + LATIN) | _characters_of(policies, "quote")))


def keep_only(font: TTFont, characters: str, features: tuple[str, ...] = ()) -> None:
    """Leave in an opened font only some characters and layout features."""
    options = Options(
        desubroutinize=True,
        hinting=False,
        notdef_outline=True,
        layout_features=list(features),
        name_IDs=[0, 1, 2, 13, 14],
    )
    subsetter = Subsetter(options)
    subsetter.populate(text=characters)
    subsetter.subset(font)


def _woff2(font: TTFont) -> bytes:
    font.flavor = "woff2"
    buffer = BytesIO()
    font.save(buffer)
    return buffer.getvalue()


class Recipe(NamedTuple):
    """One font file: from which face, which signs, how much heavier across and up and down (units of 1/1000 em)."""

    source: Path
    characters: str
    across: float = 0
    upright: float = 0
    features: tuple[str, ...] = ()


def _made(recipe: Recipe) -> bytes:
    with TTFont(recipe.source, lazy=True) as font:
        keep_only(font, recipe.characters, recipe.features)
        if recipe.across:
            embolden(font, recipe.across, recipe.upright)
        return _woff2(font)


def recipes() -> dict[str, Recipe]:
    """The five font files."""
    sans, serif = pylopdf_fonts_zh_cn.sans_path(), pylopdf_fonts_zh_cn.serif_path()
    numbers = ("kern", "tnum", "lnum")
    return {
        "song-500.woff2": Recipe(serif, clause_characters(), 14, 6),
        "song-700.woff2": Recipe(serif, title_characters(), 44, 14),
        "figures-400.woff2": Recipe(sans, FIGURES, features=numbers),
        "figures-500.woff2": Recipe(sans, FIGURES, 18, 14, numbers),
        "figures-700.woff2": Recipe(sans, FIGURES, 54, 44, numbers),
    }


def build_fonts() -> None:
    """Write the subsets; a stamp of all they depend on says whether that is needed."""
    wanted = recipes()
    code = Path(__file__).read_bytes() + Path(embolden_module.__file__).read_bytes()
    stamp = hashlib.sha256(code + repr(wanted).encode()).hexdigest()
    kept = BUILT / "fonts.stamp"
    if kept.is_file() and kept.read_text() == stamp and all((BUILT / name).is_file() for name in wanted):
        return
    for name, recipe in wanted.items():
        (BUILT / name).write_bytes(_made(recipe))
    kept.write_text(stamp)


def build_styles() -> None:
    """Cut what we use out of Bootstrap's style sheet."""
    package = Path(flask_bootstrap.__file__).parent
    whole = package / "static" / "bootstrap5" / "css" / "bootstrap.min.css"
    (BUILT / "bootstrap.css").write_text(cut(whole.read_text("utf-8")), "utf-8")


def build_catalogues() -> None:
    """Compile every catalogue beside its source."""
    for source in sorted(
        path for context in CONTEXTS for path in (ROOT / context).rglob("translations/**/messages.po")
    ):
        with source.open("rb") as written:
            catalogue = read_po(written)
        with source.with_suffix(".mo").open("wb") as compiled:
            write_mo(compiled, catalogue)


def main() -> None:
    """Build all of it."""
    BUILT.mkdir(exist_ok=True)
    build_fonts()
    build_styles()
    build_catalogues()


if __name__ == "__main__":
    main()
