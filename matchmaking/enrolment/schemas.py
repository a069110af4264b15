"""How sign-ups travel: step by step from the phone, whole to the officials."""

import re
import unicodedata
from typing import Any

from marshmallow import fields

from kernel.credit_code import LENGTH, CodeCheck, check
from kernel.fields import Line, Schema, one_of, refusal
from kernel.parties.models import SIZE_CLASSES
from kernel.regions import REGIONS
from kernel.web.paging import AskedSchema, PageOut
from matchmaking.enrolment.workflow import STATES
from matchmaking.matching.vocabulary import SECTIONS

PHONE = re.compile(r"1\d{10}|0\d{2,3}-?\d{7,8}", re.ASCII)
MAIL = re.compile(r"[^@\s]{1,64}@[^@\s]+\.[^@\s.]+", re.ASCII)
USERNAME = re.compile(r"[A-Za-z0-9._@-]{4,40}", re.ASCII)


class LicenceCode(fields.Field[str]):
    """A credit code copied from a licence: blanks, hyphens and small letters forgiven, the check digit not."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        code = re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", str(value))).upper()
        found = check(code)
        if found is CodeCheck.MALFORMED:
            raise refusal(
                f"统一社会信用代码是 {LENGTH} 位数字和字母（没有 I、O、S、V、Z），现在是 {len(code)} 位",
                f"A credit code has {LENGTH} digits and letters (never I, O, S, V or Z); this has {len(code)}",
            )
        if found is CodeCheck.CHECK_DIGIT:
            raise refusal(
                "有一位对不上，请照着营业执照再看一遍（容易看错的是 8 和 B、0 和 D）",
                "One character is wrong; compare with the licence (8 and B, 0 and D are easily mixed up)",
            )
        return code


def _like(pattern: re.Pattern[str], zh: str, en: str) -> Any:
    def check_like(text: str) -> None:
        if text and not pattern.fullmatch(text):
            raise refusal(zh, en)

    return check_like


class CodeSchema(Schema):
    """Step 1."""

    code = LicenceCode(required=True)


class FirmSchema(Schema):
    """Step 2: what the licence says of the firm."""

    name = Line(longest=120, shortest=2, required=True)
    region = fields.String(required=True, validate=one_of(region.code for region in REGIONS))
    industry = fields.String(required=True, validate=one_of(SECTIONS))
    size_class = fields.String(required=True, validate=one_of(SIZE_CLASSES))


class PersonSchema(Schema):
    """Step 3: who acts for the firm, and how they sign in; the phone number is the user name where no other is wished."""

    person = Line(longest=40, shortest=2, required=True)
    phone = Line(
        longest=20,
        required=True,
        validate=_like(
            PHONE, "手机 11 位，或带区号的座机", "A mobile number of 11 digits, or a landline with its area code"
        ),
    )
    mail = Line(
        longest=120,
        shortest=0,
        load_default="",
        validate=_like(MAIL, "邮箱像 name@example.com 这样", "A mail address such as name@example.com"),
    )
    username = Line(
        longest=40,
        shortest=0,
        load_default="",
        validate=_like(
            USERNAME,
            "账号 4 到 40 位，用字母、数字和 . _ @ -；手机号也行",
            "4 to 40 letters, digits or . _ @ -; a phone number will do",
        ),
    )
    password = fields.String(required=True)


class EnrolmentsAskedSchema(AskedSchema):
    state = fields.String(validate=one_of(STATES), load_default=None)


class IdentityRefusalSchema(Schema):
    """Why a sign-up is refused, in words for the applicant."""

    reason = Line(longest=500, shortest=4, many_lines=True, required=True)


class EnrolmentOut(Schema):
    """A sign-up as it was entered; `known_name` is the firm's name in the city's own books."""

    id = fields.Integer(attribute="row.id")
    code = fields.String(attribute="row.code")
    state = fields.String(attribute="row.state")
    name = fields.String(attribute="row.name")
    region = fields.String(attribute="row.region")
    industry = fields.String(attribute="row.industry")
    size_class = fields.String(attribute="row.size_class")
    person = fields.String(attribute="row.person")
    phone = fields.String(attribute="row.phone")
    mail = fields.String(attribute="row.mail")
    username = fields.String(attribute="account.username")
    brought_firm = fields.Boolean(attribute="row.brought_firm")
    known_name = fields.String(attribute="party.name")
    reason = fields.String(attribute="row.reason")
    opened_at = fields.AwareDateTime(attribute="row.opened_at")
    decided_at = fields.AwareDateTime(attribute="row.decided_at", allow_none=True)


class EnrolmentPageOut(PageOut):
    items = fields.List(fields.Nested(EnrolmentOut))
