"""What can be asked of a read: one model, whose fields are its query parameters and, of a list, its filters."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from sqlalchemy import Boolean, ColumnElement, Date, DateTime, Integer, Text, Uuid, bindparam, func, or_, text
from sqlalchemy.types import TypeEngine

LARGEST_PAGE = 200

Limit = Annotated[int, Field(ge=1, le=LARGEST_PAGE, description="How many items to answer")]
Columns = Mapping[str, ColumnElement[Any]]
Value = ColumnElement[Any]


class Query(BaseModel):
    """The query parameters of an operation. Unknown ones are refused, so that a misspelt one is not ignored."""

    model_config = ConfigDict(extra="forbid")


class ListQuery(Query):
    """The query parameters of a list.

    `sort` is a literal of the names of selected columns, `-name` for descending; these are never null. Every further
    field filters by the selected column of its name, unless it is marked (`Where`, `Mentions`, `NotAFilter`) or gives
    the value of a parameter of the select. A field that is None filters nothing.
    """

    limit: Limit = 50
    cursor: str | None = Field(default=None, max_length=600, description="`next_cursor` of the page before")
    sort: str


class Filter(ABC):
    """The mark of a field that filters by something else than the equality of a column."""

    @abstractmethod
    def condition(self, columns: Columns, value: Value) -> ColumnElement[bool]:
        """The condition on the rows of a select with these columns; `value` is what the field was given."""


class Where(Filter):
    """A filter by a condition of its own, made of the value."""

    def __init__(self, make: Callable[[Value], ColumnElement[bool]]) -> None:
        self._make = make

    def condition(self, columns: Columns, value: Value) -> ColumnElement[bool]:  # noqa: ARG002 - it names its own
        return self._make(value)


class AtOrAfter(Filter):
    """A filter by an instant: the selected column of this name is then or later."""

    def __init__(self, column: str) -> None:
        self._column = column

    def condition(self, columns: Columns, value: Value) -> ColumnElement[bool]:
        return columns[self._column] >= value


class Mentions(Filter):
    """A filter by words as they are, in any of these selected columns, in upper or lower case."""

    def __init__(self, *columns: str) -> None:
        self.columns = columns

    def condition(self, columns: Columns, value: Value) -> ColumnElement[bool]:
        return or_(*(func.strpos(func.lower(columns[name]), func.lower(value)) > 0 for name in self.columns))


def of_the_organisation(org_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """The rows of the organisation that is set, for tables where row-level security has further policies.

    Those make it `org_id = … or …`, which no index serves; this condition beside it does.
    """
    return org_id == text("(select nullif(current_setting('app.org_id', true), '')::uuid)")


class NotAFilter:
    """The mark of a field that the endpoint itself makes something of."""


def parameter(name: str, annotation: Any) -> Value:
    """The parameter of a statement for a field of this type."""
    return bindparam(name, type_=_column_type(annotation))


def may_be_none(annotation: Any) -> bool:
    """Whether a field of this type can be None."""
    if get_origin(annotation) is Annotated:
        return may_be_none(annotation.__origin__)
    return annotation is type(None) or any(may_be_none(option) for option in _options(annotation))


_COLUMN_TYPES: tuple[tuple[type, TypeEngine[Any]], ...] = (
    (UUID, Uuid()),
    (bool, Boolean()),
    (AwareDatetime, DateTime(timezone=True)),
    (datetime, DateTime(timezone=True)),
    (date, Date()),
    (int, Integer()),
    (str, Text()),
)


def _column_type(annotation: Any) -> TypeEngine[Any]:
    kind = _python_type(annotation)
    return next(column for python, column in _COLUMN_TYPES if issubclass(kind, python))


def _python_type(annotation: Any) -> type:
    """The type of a field's values that are not None."""
    if get_origin(annotation) is Annotated:
        return _python_type(annotation.__origin__)
    if get_origin(annotation) is Literal:
        return type(get_args(annotation)[0])
    for option in _options(annotation):
        if option is not type(None):
            return _python_type(option)
    assert isinstance(annotation, type), annotation
    return annotation


def _options(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in {Union, UnionType} else ()
