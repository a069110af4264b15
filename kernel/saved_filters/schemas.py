"""How saved filters travel; `list` is the path of the list that they belong to."""

from marshmallow import fields

from kernel.fields import Line, Schema, refusal


def _list_path(path: str) -> None:
    """A path of this service."""
    if not path.startswith("/") or path.startswith(("//", "/api/")) or "?" in path or "\\" in path:
        raise refusal(
            "填本服务的列表路径，如 /statements", "Give the path of a list of this service, such as /statements"
        )


class SavedFilterSchema(Schema):
    path = Line(longest=200, required=True, validate=_list_path, data_key="list")
    query = Line(longest=1000, required=True)
    name = Line(longest=30, required=True)


class SavedFilterOut(Schema):
    """A filter; `address` is the list as it was saved."""

    id = fields.Integer()
    path = fields.String(data_key="list")
    query = fields.String()
    name = fields.String()
    address = fields.String()
    saved_at = fields.AwareDateTime()
