"""Pages of a list, the same for the API and for screens: plain `?page=2&per_page=25` URLs, the totals in the body."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Generic, TypeVar

from marshmallow import fields, pre_load
from sqlalchemy import ColumnElement, Select, and_, func, inspect, true
from sqlmodel import Session
from sqlmodel import select as sqlmodel_select

from kernel.clock import start_of
from kernel.fields import Day, Schema, WholeNumber

T = TypeVar("T")

DEFAULT_PER_PAGE = 25
MOST_PER_PAGE = 200


@dataclass(frozen=True)
class Asked:
    """Which page is wanted, counted from 1, and by which columns where it is not the list's own order."""

    page: int = 1
    per_page: int = DEFAULT_PER_PAGE
    order: tuple[Any, ...] = ()

    @property
    def offset(self) -> int:
        return (self.page - 1) * self.per_page


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list with the total number of items."""

    items: Sequence[T]
    page: int
    per_page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    def map(self, change: Callable[[T], Any]) -> "Page[Any]":
        """The same page of changed items."""
        return Page([change(item) for item in self.items], self.page, self.per_page, self.total)


class AskedSchema(Schema):
    """Query arguments of every list; an empty one, as a form sends it, is not given."""

    page = WholeNumber(lowest=1, highest=1_000_000, load_default=1)
    per_page = WholeNumber(lowest=1, highest=MOST_PER_PAGE, load_default=DEFAULT_PER_PAGE)

    @pre_load
    def _without_empty(self, typed: Any, **_kwargs: Any) -> Any:
        return {name: value for name, value in typed.items() if value != ""}


class DaysAskedSchema(AskedSchema):
    """A list of what happened from a day to a day, both included."""

    since = Day(load_default=None)
    until = Day(load_default=None)


def within_days(moment: Any, since: date | None, until: date | None) -> ColumnElement[bool]:
    """Whether a moment of a row lies in the days of Asia/Shanghai from `since` to `until`, both included; None leaves a side open."""
    sides = [moment >= start_of(since)] if since else []
    return and_(true(), *sides, *([moment < start_of(until + timedelta(days=1))] if until else []))


class PageOut(Schema):
    """What every list answers beside its `items`."""

    page = fields.Integer()
    per_page = fields.Integer()
    total = fields.Integer()
    pages = fields.Integer()


def page_of(db: Session, query: Select[Any], asked: Asked) -> Page[Any]:
    """Run an ordered query for one page and count the whole: two queries whatever the number of rows.

    A query for one entity gives its objects, one for several columns gives rows. Rows that the asked order holds equal stand by the
    key of the first entity.
    """
    if asked.order:
        query = query.order_by(None).order_by(
            *asked.order, *inspect(query.column_descriptions[0]["entity"]).primary_key
        )
    total = db.execute(sqlmodel_select(func.count()).select_from(query.order_by(None).subquery())).scalar_one()
    rows = db.execute(query.limit(asked.per_page).offset(asked.offset)).all()
    items = [row[0] for row in rows] if len(query.column_descriptions) == 1 else list(rows)
    return Page(items, asked.page, asked.per_page, total)


def asked_from(args: dict[str, Any]) -> Asked:
    """The wanted page from loaded query arguments."""
    return Asked(args.get("page", 1), args.get("per_page", DEFAULT_PER_PAGE))
