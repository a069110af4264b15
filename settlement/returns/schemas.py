"""How returns travel."""

from marshmallow import fields, validate

from kernel.fields import Line, Money, QuarterField, Schema, WholeNumber, one_of
from kernel.web.paging import AskedSchema, PageOut
from settlement.returns.comparing import AGAINST
from settlement.returns.kinds import KINDS
from settlement.returns.models import LONGEST_REASON
from settlement.returns.sheets import SHEETS
from settlement.returns.workflow import STATES


class KindAskedSchema(Schema):
    """Which kind of return; without it, the one that the caller's institution files."""

    kind = fields.String(validate=one_of(KINDS), load_default=None)


class SheetAskedSchema(Schema):
    """Which sheet of which return: `loans`, `guarantees`, or the `guarantee_events` beside them."""

    sheet = fields.String(validate=one_of(SHEETS), load_default="loans")


class ReturnsAskedSchema(AskedSchema):
    kind = fields.String(validate=one_of(KINDS), load_default=None)
    quarter = QuarterField(load_default=None)
    institution_code = Line(longest=18, load_default=None)
    state = fields.String(validate=one_of(STATES), load_default=None)


class DifferenceAskedSchema(AskedSchema):
    """`against` names the version to compare with; without it, the last certified one."""

    against = fields.String(validate=one_of(AGAINST), load_default=None)


class SendBackSchema(Schema):
    """Why a version goes back to its maker."""

    reason = Line(longest=LONGEST_REASON, many_lines=True, required=True)


class CertifySchema(Schema):
    """The digest of the rows that the checker was shown."""

    row_digest = Line(shortest=64, longest=64, required=True)


class MendSchema(Schema):
    row = WholeNumber(lowest=1, highest=100_000_000, required=True)
    column = Line(longest=40, required=True)
    value = Line(longest=200, shortest=0, load_default="")


class RowSchema(Schema):
    """One row to leave out, or a repair to take back; `column` empty speaks of the whole row."""

    row = WholeNumber(lowest=1, highest=100_000_000, required=True)
    column = Line(longest=40, shortest=0, load_default="")


class MendFormSchema(RowSchema):
    """The form of one row on the page: either a new value, or that the row is left out."""

    value = Line(longest=200, shortest=0, load_default="")
    act = fields.String(validate=validate.OneOf(["mend", "leave_out"]), load_default="mend")


class ReturnOut(Schema):
    """One version of a return; `eligible_balance` counts by the definition in force when it was filed.

    The total of a guarantee return is what is outstanding; `row_digest` stands for its contracts and the events beside them.
    `sent_at`: when its maker sent it to be certified; empty again after it was sent back.
    """

    id = fields.Integer()
    institution_code = fields.String()
    institution_name = fields.String()
    kind = fields.String()
    quarter = fields.String()
    version = fields.Integer()
    state = fields.String()
    file_name = fields.String()
    format = fields.String()
    encoding = fields.String()
    size = fields.Integer()
    bytes_digest = fields.String()
    row_digest = fields.String(allow_none=True)
    events_name = fields.String()
    events_digest = fields.String(allow_none=True)
    rows = fields.Integer()
    events = fields.Integer()
    borrowers = fields.Integer()
    total_balance = Money()
    eligible_balance = Money(allow_none=True)
    errors = fields.Integer()
    warnings = fields.Integer()
    repaired_from = fields.Integer(allow_none=True)
    filed_by = fields.String()
    filed_at = fields.AwareDateTime()
    sent_at = fields.AwareDateTime(allow_none=True)
    sent_back_at = fields.AwareDateTime(allow_none=True)
    sent_back_reason = fields.String()
    certified_by = fields.String(allow_none=True)
    certified_at = fields.AwareDateTime(allow_none=True)


class ReturnsPageOut(PageOut):
    items = fields.List(fields.Nested(ReturnOut))


class FaultOut(Schema):
    """One finding: the file, row and column as filed (row 0 is the file as a whole), the value, the rule, both languages."""

    file = fields.String()
    row = fields.Integer()
    column = fields.String()
    value = fields.String()
    rule = fields.String()
    severity = fields.String()
    message_zh = fields.String(attribute="text.zh")
    message_en = fields.String(attribute="text.en")


class RuleCountOut(Schema):
    rule = fields.String(attribute="rule.code")
    column = fields.String(attribute="rule.column")
    severity = fields.String(attribute="rule.severity.value")
    rows = fields.Integer()


class ReportOut(Schema):
    """Everything found in a version; of each rule all rows are counted and at most a thousand listed."""

    counts = fields.List(fields.Nested(RuleCountOut))
    findings = fields.List(fields.Nested(FaultOut))


class RepairOut(Schema):
    """One mended cell, or one row left out (`column` empty)."""

    row = fields.Integer()
    column = fields.String(attribute="column_name")
    value = fields.String()
    mended_at = fields.AwareDateTime()
