"""Finding a party by what people type: a part of its name, the start of its code, or the initials of its name in pinyin."""

import unicodedata

from sqlalchemy import ColumnElement, or_
from sqlmodel import col

from kernel.parties.models import Party


def initials_of(name: str) -> str:
    """`沙河农村商业银行` as `shncsyyh`: one letter for each Chinese sign, Latin letters and digits as they stand, the rest left out.

    The dictionary of readings takes half a second and 50 MB to load, so only who enters a party loads it.
    """
    from pypinyin import Style, lazy_pinyin

    plain = unicodedata.normalize("NFKC", name).lower()
    letters = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return "".join(one for one in letters if one.isascii() and one.isalnum())


def named_like(typed: str) -> ColumnElement[bool]:
    """SQL: parties whose name or initials hold what was typed, or whose code starts with it; upper and lower case alike."""
    plain = unicodedata.normalize("NFKC", typed).strip()
    conditions: list[ColumnElement[bool]] = [col(Party.name).contains(plain, autoescape=True)]
    if plain.isascii() and plain.isalnum():
        conditions.append(col(Party.initials).contains(plain.lower(), autoescape=True))
        conditions.append(col(Party.code).startswith(plain.upper(), autoescape=True))
    return or_(*conditions)
