"""Offices, institutions, enterprises and the people who sign in."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlmodel import Session, select

from config.demonstration.loading.tables import rows
from kernel.accounts.models import Account
from kernel.accounts.service import create_account, hash_password
from kernel.audit.service import THE_SERVICE
from kernel.money import parse_yuan
from kernel.parties.models import Enterprise, Institution, Party
from kernel.parties.service import StatusSpan, enter_party, record_statuses

Row = dict[str, str]

SHOWN = (
    ("finance.operator", "市财政局经办：季度、结算单 / the bureau's quarter and statements"),
    ("shahe.maker", "银行录入：报送报表 / a bank files its return"),
    ("shahe.checker", "银行复核：认证报表 / a second person certifies it"),
    ("renhang.central_bank_officer", "人行：核定余额 / certified balances"),
    ("shahe.product_manager", "银行：产品、对接会 / products and the session"),
    ("hengrun.owner", "企业：找贷款（手机宽度） / a firm finds a loan, phone-sized"),
    ("jinrong.organiser", "金融工作局：组织对接会 / the weekly session"),
)
PASSWORD = "Yinqi-demo-2022"  # noqa: S105 - shown on the welcome page; such accounts exist in demonstration mode only
TAGS_SINCE = date(2022, 1, 1)
REFERENCE = "演示数据"


def _party(db: Session, code: str, name: str, kind: str, region: str, at: datetime) -> int:
    party = enter_party(db, code=code, name=name, kind=kind, fiscal_region=region, at=at)
    assert party.id is not None
    return party.id


def load_offices(db: Session, city: Path, *, at: datetime) -> None:
    """The public offices."""
    for row in rows(city / "offices.csv"):
        _party(db, row["office_code"], row["name"], "bureau", row["region"], at)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _enter_institution(db: Session, row: Row, at: datetime) -> int:
    party_id = _party(db, row["institution_code"], row["name"], "institution", row["region"], at)
    db.add(Institution(party_id=party_id, kind=row["kind"], government_backed=row["government_backed"] == "Y"))
    since = _day(row["local_legal_person_from"])
    if since:
        until = _day(row["local_legal_person_until"])
        record_statuses(db, party_id, [StatusSpan("local_legal_person", since, until, REFERENCE)])
    return party_id


def load_institutions(db: Session, city: Path, *, at: datetime) -> None:
    """Banks and guarantors, then who succeeds and who owns whom."""
    listed = rows(city / "institutions.csv")
    ids = {row["institution_code"]: _enter_institution(db, row, at) for row in listed}
    db.flush()
    for row in listed:
        institution = db.exec(select(Institution).where(Institution.party_id == ids[row["institution_code"]])).one()
        institution.successor_id = ids.get(row["successor_code"])
        institution.parent_id = ids.get(row["parent_code"])
    db.flush()


def load_enterprises(db: Session, city: Path, *, at: datetime) -> None:
    """Enterprises with their tags as statuses since the year's first day."""
    for row in rows(city / "enterprises.csv"):
        party_id = _party(db, row["enterprise_code"], row["name"], "enterprise", row["region"], at)
        db.add(
            Enterprise(
                party_id=party_id,
                industry=row["industry"],
                size_class=row["size_class"],
                staff=int(row["staff"]),
                revenue=parse_yuan(row["revenue"]),
                assets=parse_yuan(row["assets"]),
            )
        )
        tags = [tag for tag in row["tags"].split(";") if tag]
        record_statuses(db, party_id, [StatusSpan(tag, TAGS_SINCE, None, REFERENCE) for tag in tags])


def load_people(db: Session, city: Path, *, at: datetime) -> None:
    """The sign-ins; all share one password, which is digested once, because a digest is slow by design."""
    organisations = {party.code: party for party in db.exec(select(Party))}
    digest = hash_password(PASSWORD)
    for row in rows(city / "people.csv"):
        create_account(
            db,
            username=row["username"],
            name=row["name"],
            password=PASSWORD,
            organisation=organisations[row["organisation_code"]],
            role=row["role"],
            at=at,
            by=THE_SERVICE,
            is_demonstration=True,
            password_digest=digest,
        )


def sign_ins(db: Session) -> Iterator[tuple[str, str, str, bool]]:
    """(user name, who, password, is to be tried first) of each demonstration account, in the order they were entered."""
    first = {username for username, _who in SHOWN}
    query = select(Account, Party).where(Account.organisation_id == Party.id, Account.is_demonstration)
    for account, party in db.exec(query.order_by(Account.id)):  # type: ignore[arg-type]
        yield account.username, f"{party.name} {account.name}", PASSWORD, account.username in first
