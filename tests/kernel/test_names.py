"""Parties are found by what people type."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from kernel.parties.models import Party
from kernel.parties.names import initials_of, named_like
from tests.factories import make_institution


@pytest.mark.parametrize(
    ("name", "initials"),
    [
        ("沙河农村商业银行", "shncsyyh"),
        ("尧山农村信用合作联社", "ysncxyhzls"),
        ("重庆ABC-1号（平顶山）有限公司", "cqabc1hpdsyxgs"),
        ("ＡＢ１担保", "ab1db"),
        ("", ""),
    ],
)
def test_initials_are_one_letter_a_sign_with_latin_and_digits_kept(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@given(st.text(max_size=120))
def test_initials_are_letters_and_digits_and_no_error_whatever_the_name(name: str) -> None:
    found = initials_of(name)
    assert found == "" or (found.isascii() and found.isalnum() and found == found.lower())


@pytest.mark.parametrize("typed", ["沙河", "商业银行", "shnc", "SHNC", "ＳＨＮＣ", "csyyh", " 沙河 "])
def test_a_part_of_the_name_or_of_its_initials_finds_it(db: Session, typed: str) -> None:
    make_institution(db, "沙河农村商业银行")
    make_institution(db, "应河城市信用社")
    assert [one.name for one in db.exec(select(Party).where(named_like(typed), col(Party.kind) == "institution"))] == [
        "沙河农村商业银行"
    ]


@pytest.mark.parametrize("typed", ["%", "_", "\\", "沙%行", "zzz"])
def test_signs_of_a_pattern_are_only_signs(db: Session, typed: str) -> None:
    make_institution(db, "沙河农村商业银行")
    assert db.exec(select(Party).where(named_like(typed))).all() == []


def test_the_start_of_a_code_finds_its_party(db: Session) -> None:
    code = make_institution(db, "沙河农村商业银行").code
    assert [one.code for one in db.exec(select(Party).where(named_like(code[:17].lower())))] == [code]
