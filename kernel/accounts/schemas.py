"""How accounts and tokens travel."""

from marshmallow import fields

from kernel.accounts.tokens import SCOPES
from kernel.fields import Line, Schema, WholeNumber, one_of


class SignInSchema(Schema):
    username = Line(longest=40, required=True)
    password = fields.String(required=True)
    next = Line(longest=300, shortest=0, load_default="")


class PasswordSchema(Schema):
    old_password = fields.String(required=True)
    password = fields.String(required=True)


class TokenSchema(Schema):
    name = Line(longest=60, required=True)
    scopes = fields.List(fields.String(validate=one_of(SCOPES)), required=True)
    days = WholeNumber(lowest=1, highest=366, required=True)


class CallerOut(Schema):
    """Who the API thinks is asking."""

    name = fields.String()
    role = fields.String()
    organisation_name = fields.String()
    organisation_kind = fields.String()
    fiscal_region = fields.String()


class TokenOut(Schema):
    id = fields.Integer()
    name = fields.String()
    scopes = fields.Function(lambda token: token.scopes.split())
    created_at = fields.AwareDateTime()
    expires_at = fields.AwareDateTime()
    revoked_at = fields.AwareDateTime(allow_none=True)


class IssuedTokenOut(Schema):
    """The only answer that carries the secret."""

    token = fields.Nested(TokenOut)
    secret = fields.String()
