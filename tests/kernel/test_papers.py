"""Papers can be read, are the same bytes each time, and carry their fonts with them."""

from pathlib import Path

import pypdfium2
import pytest

from kernel.papers import print_paper

TEMPLATE = """
#import "/kernel/papers/common.typ": part, ruled, sheet
#let paper = json(bytes(sys.inputs.facts))
#show: sheet.with(paper)
#part("谁承担")
#ruled(("承担方", "金额"), paper.rows, (1fr, auto), right: (1,), total: ("合计", paper.total))
"""
FACTS = {
    "title": "结算单",
    "lang": "zh",
    "foot": "GR-2022Q3-01",
    "page_of": "第 {page} 页，共 {pages} 页",
    "rows": [[f"第 {number} 行", f"{number},000.00"] for number in range(80)],
    "total": "3,160,000.00",
}


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A template of a house whose common part is the real one."""
    common = tmp_path / "kernel" / "papers"
    common.mkdir(parents=True)
    (common / "common.typ").write_bytes((Path(print_paper.__code__.co_filename).parent / "common.typ").read_bytes())
    monkeypatch.setattr("kernel.papers.printing.HOUSE", tmp_path)
    path = tmp_path / "paper.typ"
    path.write_text(TEMPLATE, encoding="utf-8")
    return path


def pages(content: bytes) -> list[str]:
    return [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(content)]


def test_a_paper_repeats_its_heads_and_counts_its_pages(template: Path) -> None:
    told = pages(print_paper(template, FACTS))
    assert len(told) == 3
    for number, page in enumerate(told, start=1):
        assert "承担方" in page
        assert f"第 {number} 页，共 3 页" in page
    assert "第 79 行" in told[-1]
    assert "3,160,000.00" in told[-1]


def test_the_same_facts_give_the_same_bytes(template: Path) -> None:
    assert print_paper(template, FACTS) == print_paper(template, dict(reversed(FACTS.items())))


def test_the_fonts_are_in_the_paper(template: Path) -> None:
    content = print_paper(template, FACTS)
    assert b"NotoSansSC" in content
    assert b"FontFile3" in content or b"FontFile2" in content
