"""Who signs in: people at the bureaus, banks, guarantors and a dozen enterprises. All made up, and no passwords."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from config.demonstration.codes import OFFICE, credit_code
from config.demonstration.names import Names
from config.demonstration.parties import Enterprise
from config.demonstration.plan import Guarantor, Lender, read
from config.demonstration.streams import stream


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
    rows = read("people")["office"]
    return tuple(
        Office(credit_code(OFFICE, row["region"], row["number"]), row["slug"], row["name"], row["region"])
        for row in rows
    )


def people(
    seed: int, lenders: Iterable[Lender], guarantors: Iterable[Guarantor], enterprises: Iterable[Enterprise]
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
    for office, row in zip(offices(), read("people")["office"], strict=True):
        for number, post in enumerate(row["people"], 1):
            again = sum(other["role"] == post["role"] for other in row["people"][: number - 1])
            username = f"{office.slug}.{post['role']}{again + 1 if again else ''}"
            yield Person(username, post.get("name") or names.person(), post["role"], office.office_code, office.name)


def _staff(names: Names, institutions: Iterable[Lender | Guarantor], roles: Iterable[str]) -> Iterator[Person]:
    known = read("people")["known"]
    for institution in institutions:
        for role in roles:
            username = f"{institution.slug}.{role}"
            yield Person(username, known.get(username) or names.person(), role, institution.code, institution.name)


def _firms(names: Names, enterprises: Iterable[Enterprise]) -> Iterator[Person]:
    for number, firm in enumerate(firm for firm in enterprises if firm.owner):
        yield Person(f"{firm.owner}.owner", names.person(), "owner", firm.code, firm.name)
        if number % 3 == 0:
            yield Person(f"{firm.owner}.clerk", names.person(), "clerk", firm.code, firm.name)
