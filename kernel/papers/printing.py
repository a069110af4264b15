"""From a Typst template and plain values to the bytes of a PDF."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn
import typst

HOUSE = Path(__file__).parents[2]  # templates import the common part as "/kernel/papers/common.typ"
FONTS = Path(pylopdf_fonts_zh_cn.__file__).parent


@cache
def fonts() -> typst.Fonts:
    """The fonts of the package, read once a process: that is most of what the first paper takes."""
    return typst.Fonts(include_system_fonts=False, font_paths=[str(FONTS)])


def print_paper(template: Path, facts: Mapping[str, object]) -> bytes:
    """The PDF of a template of the house, which reads the facts as `json(bytes(sys.inputs.facts))`.

    The same facts give the same bytes: no date, no setting and no font of the machine gets in.
    """
    pdf = typst.compile(
        str(template),
        root=str(HOUSE),
        font_paths=fonts(),
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False, sort_keys=True)},
    )
    assert isinstance(pdf, bytes)
    return pdf
