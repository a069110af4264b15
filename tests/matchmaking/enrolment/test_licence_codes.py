"""What is taken for a credit code, and what is said of the rest."""

import pytest
from marshmallow import ValidationError

from config.demonstration.codes import failing
from matchmaking.enrolment.schemas import CodeSchema
from tests.matchmaking.enrolment.applicants import CODE

SPOKEN_OF_18 = "18 位"
COMPARE = "再看一遍"


@pytest.mark.parametrize(
    "written",
    [
        CODE,
        CODE.lower(),
        f" {CODE} ",
        f"{CODE[:6]} {CODE[6:12]} {CODE[12:]}",
        f"{CODE[:8]}-{CODE[8:]}",
        "".join(chr(ord(c) + 0xFEE0) for c in CODE),
    ],
    ids=["as it stands", "small letters", "blanks around", "blanks inside", "a hyphen", "full width"],
)
def test_a_code_is_taken_however_it_is_copied(written: str) -> None:
    assert CodeSchema().load({"code": written}) == {"code": CODE}


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (CODE[:-1], SPOKEN_OF_18),
        (f"{CODE}0", SPOKEN_OF_18),
        (CODE.replace("X", "I"), SPOKEN_OF_18),
        (failing(CODE), COMPARE),
        (f"{CODE[:9]}{CODE[10]}{CODE[9]}{CODE[11:]}", COMPARE),
    ],
    ids=["too short", "too long", "a letter that no code has", "a wrong check digit", "two characters swapped"],
)
def test_what_is_no_code_is_told_in_both_languages(written: str, said: str) -> None:
    with pytest.raises(ValidationError) as refused:
        CodeSchema().load({"code": written})
    (text,) = refused.value.messages_dict["code"]
    assert said in text.zh
    assert text.en
