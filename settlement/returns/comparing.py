"""What a version is held against: the last certified one of its quarter, else the last quarter's; and what differs, a page at a time."""

from dataclasses import asdict, dataclass

from sqlmodel import Session, col, select

from kernel.accounts.service import Caller
from kernel.bilingual import Text
from kernel.errors import NotFound
from kernel.parties.models import Party
from kernel.parties.service import party_by_id
from kernel.periods import Quarter
from settlement.returns import service
from settlement.returns.confined import difference_confined, difference_from
from settlement.returns.differences import Difference
from settlement.returns.keeping import Keeping
from settlement.returns.kept import Kept, key_of
from settlement.returns.kinds import KINDS
from settlement.returns.mending import words_of
from settlement.returns.models import LoanReturn
from settlement.returns.sheets import ANY_COLUMN
from settlement.returns.workflow import CERTIFIED

VERSION = 1  # of the comparison: what an older one kept is compared anew
PER_PAGE = 50
CERTIFIED_BEFORE, LAST_QUARTER, VERSION_BEFORE = "certified", "last_quarter", "version_before"

AGAINST = {
    CERTIFIED_BEFORE: Text("本季上一次认证的版本", "the version of this quarter certified last"),
    LAST_QUARTER: Text("上一季认证的版本", "the certified version of the last quarter"),
    VERSION_BEFORE: Text("上一次报送的版本", "the version filed before"),
}


@dataclass(frozen=True)
class Comparable:
    """A version to compare with, and why it is that one."""

    kind: str
    filed: LoanReturn

    @property
    def words(self) -> Text:
        return AGAINST[self.kind]

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.filed.quarter)


def comparables(db: Session, filed: LoanReturn) -> list[Comparable]:
    """What a version can be compared with, the default first: certified in this quarter, else in the last, then the one before."""
    readable = [one for one in service.versions_before(db, filed) if one.rows]
    certified = next((one for one in readable if one.certified_at is not None), None)
    found = [Comparable(CERTIFIED_BEFORE, certified)] if certified else _last_quarter(db, filed)
    if readable and readable[0] is not certified:
        found.append(Comparable(VERSION_BEFORE, readable[0]))
    return found


def _last_quarter(db: Session, filed: LoanReturn) -> list[Comparable]:
    query = select(LoanReturn).where(
        LoanReturn.institution_id == filed.institution_id,
        LoanReturn.quarter == str(Quarter.parse(filed.quarter).previous),
        col(LoanReturn.state) == CERTIFIED,
    )
    return [Comparable(LAST_QUARTER, one) for one in db.exec(query)]


@dataclass(frozen=True)
class DifferenceView:
    """Two versions and a page of what changed between them; `others` are the comparisons that are not shown."""

    against: Comparable
    others: tuple[Comparable, ...]
    newer: LoanReturn
    party: Party
    difference: Difference
    page: int

    @property
    def older(self) -> LoanReturn:
        return self.against.filed

    @property
    def pages(self) -> int:
        return max(1, -(-self.difference.total // PER_PAGE))

    @property
    def quarter(self) -> Quarter:
        return Quarter.parse(self.newer.quarter)

    def heading(self, column: str) -> Text | str:
        """A column as people call it."""
        return ANY_COLUMN[column].heading if column in ANY_COLUMN else column

    def words(self, column: str, text: str) -> Text | str:
        """A cell as people read it."""
        return words_of(column, text)


def difference_view(
    db: Session, caller: Caller, return_id: int, keeping: Keeping, page: int, against: str | None = None
) -> DifferenceView:
    """What changed since the last certified version, or since the one asked for; NotFound where there is none."""
    newer = service.return_by_id(db, caller, return_id)
    found, party = comparables(db, newer), party_by_id(db, newer.institution_id)
    chosen = next((one for one in found if against in (None, one.kind)), None)
    if chosen is None or not newer.rows:
        raise NotFound(
            "nothing_to_compare",
            "还没有可以比的版本：本季和上一季都没有认证过的报表",
            "There is nothing to compare with yet: no version of this or the last quarter is certified",
        )
    db.rollback()  # the reads are over: files are compared outside any transaction
    difference = _difference(keeping, chosen.filed, newer, page)
    return DifferenceView(chosen, tuple(one for one in found if one is not chosen), newer, party, difference, page)


def _difference(keeping: Keeping, older: LoanReturn, newer: LoanReturn, page: int) -> Difference:
    """A page of what changed; the filed bytes are read once for it, and what was found is kept under their digests."""
    by_row, sheet = newer.repaired_from_id == older.id, KINDS[newer.kind].sheet
    files = [[one.bytes_digest, one.file_name] for one in (older, newer)]
    kept, key = Kept(keeping.kept / "differences"), key_of(VERSION, files, by_row, sheet.name, page, PER_PAGE)
    found = kept.get(key)
    if found is not None:
        return difference_from(found)
    difference = difference_confined(
        keeping.archive.path(older.bytes_digest),
        keeping.archive.path(newer.bytes_digest),
        old_file=older.file_name,
        new_file=newer.file_name,
        by_row=by_row,
        offset=(page - 1) * PER_PAGE,
        limit=PER_PAGE,
        sheet=sheet,
    )
    kept.put(key, asdict(difference))
    return difference
