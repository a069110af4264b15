"""Who signs in: people at the bureaus, banks, guarantors and a dozen enterprises. All made up, and no passwords."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.demonstration.codes import OFFICE, credit_code
from config.demonstration.names import Names
from config.demonstration.parties import CityEnterprise
from config.demonstration.plan import Guarantor, Lender, read
from config.demonstration.streams import stream
from kernel.regions import REGIONS

Post = dict[str, str]


class Office(NamedTuple):
    """A public office whose officials sign in."""

    office_code: str
    slug: str
    name: str
    region: str


class Person(NamedTuple):
    username: str
    name: str
    role: str
    organisation_code: str
    organisation_name: str


def offices() -> tuple[Office, ...]:
    """The city's offices, then one of every region."""
    return tuple(office for office, _ in _offices())


def _offices() -> Iterator[tuple[Office, list[Post]]]:
    plan = read("people")
    for row in plan["office"]:
        yield _office(row["number"], row["slug"], row["name"], row["region"]), row["people"]
    county = plan["county"]
    for number, region in enumerate(REGIONS, county["number"]):
        slug = region.name.en.lower().replace(" ", "-")
        yield (
            _office(number, slug, county["name"].format(region=region.name.zh), region.code),
            [{"role": county["role"]}],
        )


def _office(number: int, slug: str, name: str, region: str) -> Office:
    return Office(credit_code(OFFICE, region, number), slug, name, region)


def people(
    seed: int, lenders: Iterable[Lender], guarantors: Iterable[Guarantor], enterprises: Iterable[CityEnterprise]
) -> list[Person]:
    """Everybody, officials first; each name once."""
    names = Names(stream(seed, "people"))
    return [
        *_officials(names),
        *_staff(names, lenders, read("people")["institution_roles"]["bank"]),
        *_staff(names, guarantors, read("people")["institution_roles"]["guarantor"]),
        *_firms(names, enterprises),
    ]


def _officials(names: Names) -> Iterator[Person]:
    """Usernames say office and role; a second one of a role gets a number."""
    for office, posts in _offices():
        held: Counter[str] = Counter()
        for post in posts:
            role = post["role"]
            held[role] += 1
            username = f"{office.slug}.{role}{held[role] if held[role] > 1 else ''}"
            yield Person(username, post.get("name") or names.person(), role, office.office_code, office.name)


def _staff(names: Names, institutions: Iterable[Lender | Guarantor], roles: Iterable[str]) -> Iterator[Person]:
    known = read("people")["known"]
    for institution in institutions:
        for role in roles:
            username = f"{institution.slug}.{role}"
            yield Person(username, known.get(username) or names.person(), role, institution.code, institution.name)


def _firms(names: Names, enterprises: Iterable[CityEnterprise]) -> Iterator[Person]:
    for number, firm in enumerate(firm for firm in enterprises if firm.owner):
        yield Person(f"{firm.owner}.owner", names.person(), "owner", firm.code, firm.name)
        if number % 3 == 0:
            yield Person(f"{firm.owner}.clerk", names.person(), "clerk", firm.code, firm.name)
