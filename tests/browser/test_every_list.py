"""Every list of the served city pages, sorts, filters by its address, and goes out as a file that holds what it shows and no more.

`lists.csv` says of each list who reads it where, what its heads sort by, a filter, and whether that can be kept under a name.
"""

import csv
import io
import itertools
import random
import re
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from config.demonstration.loading.parties import PASSWORD
from tests.browser.conftest import Served
from tests.factories import Visitor
from tests.seeds import is_full, seeded

pytestmark = pytest.mark.browser  # it reads the city that the browser tests have loaded

HERE = Path(__file__).parent
HOUSE = HERE.parents[1]
LISTS = list(csv.DictReader((HERE / "lists.csv").read_text(encoding="utf-8").splitlines()))
ANOTHER_SHAPE = {  # the foot of rows that are not a table: the files are the same, the test below reads tables
    "matchmaking/templates/referrals/firm.html",
    "matchmaking/templates/recommendations/inbox.html",
}
A_WORKBOOK = 0.3
FOOT = '<div class="table-foot">'


def visitor(served: Served, username: str) -> Visitor:
    found = Visitor(served.app)
    found.get("/sign-in")
    found.post("/sign-in", username=username, password=PASSWORD)
    return found


def asking(address: str, **more: str) -> str:
    """The address with further query arguments."""
    parts = urlsplit(address)
    return f"{parts.path}?{urlencode([*parse_qsl(parts.query), *more.items()])}"


def rows_of(page: str) -> list[str]:
    """The rows of the table above the foot that counts them and offers their files."""
    parts = page.split(FOOT)
    counted = (part for part, foot in itertools.pairwise(parts) if foot.startswith("<span>共") and "format=csv" in foot)
    before = next(counted, "")
    return re.findall(r"<tr><td.*?</tr>", before[before.rfind("<table") :], re.S)


def shown(reader: Visitor, address: str) -> list[str]:
    """The rows of all pages, by the links from one to the next."""
    page = reader.get(address).text
    found = rows_of(page)
    while following := re.search(r'<a rel="next" href="([^"]+)"', page):
        page = reader.get(unescape(following[1])).text
        found += rows_of(page)
    return found


def saved(reader: Visitor, address: str) -> list[dict[str, str]]:
    answer = reader.get(asking(address, format="csv"))
    assert answer.mimetype == "text/csv", address
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def lines_of_workbook(reader: Visitor, address: str) -> int:
    content = reader.get(asking(address, format="xlsx")).data
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read("xl/worksheets/sheet1.xml").count(b"<row ") - 1


def troubles(reader: Visitor, row: dict[str, str], address: str, draw: random.Random) -> list[str]:
    """What one list does not do as its line says; of its orders one is drawn, and of the lists some whose workbook is opened."""
    page, rows, held = reader.get(address).text, shown(reader, address), saved(reader, address)
    found = [] if len(rows) == len(held) else [f"{len(rows)} shown, {len(held)} in the file"]
    if (is_full() or draw.random() < A_WORKBOOK) and lines_of_workbook(reader, address) != len(held):
        found.append("another number in the workbook")
    strays = [one[row["key"]] for one, cells in zip(held, rows, strict=False) if one[row["key"]] not in unescape(cells)]
    found += [f"in the file where another is shown: {one}" for one in strays]
    codes = row["sorts"].split()
    if rows and sorted({code.lstrip("-") for code in re.findall(r"[?;&]sort=([-\w]+)", page)}) != sorted(codes):
        found.append("the heads sort by something else")
    drawn = codes if is_full() else draw.sample(codes, min(1, len(codes)))
    found += [f"sort={code} is no order" for code in drawn if not is_sorted(reader, address, code)]
    return found + (filter_troubles(reader, row, address) if row["filter"] else [])


def is_sorted(reader: Visitor, address: str, code: str) -> bool:
    """Whether down is up turned round, what is empty last in both."""
    up, down = ([one[code] for one in saved(reader, asking(address, sort=f"{sign}{code}"))] for sign in ("", "-"))
    filled = [one for one in up if one]
    return up[: len(filled)] == filled and down[: len(filled)] == filled[::-1]


def filter_troubles(reader: Visitor, row: dict[str, str], address: str) -> list[str]:
    """Whether the file follows the filter, and the filter can be kept."""
    narrowed = f"{urlsplit(address).path}?{row['filter']}"
    rows, held = shown(reader, narrowed), saved(reader, narrowed)
    found = [] if len(rows) == len(held) else [f"{row['filter']}: {len(rows)} shown, {len(held)} in the file"]
    offered = ("kept-filters" in reader.get(narrowed).text) == bool(row["saved"])
    return found if offered else [*found, "a filter that can or cannot be kept"]


@pytest.fixture(scope="module")
def readers(served: Served) -> dict[str, Visitor]:
    """Everybody of the table, signed in."""
    return {who: visitor(served, who) for who in {row["who"] for row in LISTS}}


@pytest.mark.parametrize("row", LISTS, ids=lambda row: row["template"].split("templates/")[1])
def test_a_list_pages_sorts_filters_and_goes_out_as_it_is_shown(
    served: Served, readers: dict[str, Visitor], row: dict[str, str]
) -> None:
    code = next(line.split(",")[0] for line in _institutions(served) if "沙河农村商业银行" in line)
    assert troubles(readers[row["who"]], row, row["address"].format(bank=code), seeded()) == []


def _institutions(served: Served) -> list[str]:
    folder: Path = served.app.extensions["settings"].data_dir
    return (folder / "city" / "institutions.csv").read_text(encoding="utf-8").splitlines()


def test_no_list_is_left_out() -> None:
    templates = [
        path
        for room in ("kernel/web", "matchmaking", "settlement")
        for path in (HOUSE / room / "templates").rglob("*.html")
    ]
    paged = {
        str(path.relative_to(HOUSE))
        for path in templates
        if re.search(r"\bpages\((?!.*files=[fF]alse)", path.read_text(encoding="utf-8"))
        and "macros/" not in str(path)
        and "design" not in path.name
    }
    assert paged == {row["template"] for row in LISTS} | ANOTHER_SHAPE
