"""Lists: `?limit=1..200&cursor=&sort=` (`shared.data.queries.ListQuery`), answered as `{"items", "next_cursor"}`."""

from typing import Any, Generic, TypeVar

from pydantic import BaseModel, Field

T = TypeVar("T")


class Page(BaseModel, Generic[T]):
    """One page of a list; `next_cursor` is null on the last."""

    items: list[T]
    next_cursor: str | None = Field(description="Pass it as `cursor` to get the next page")

    @classmethod
    def model_parametrized_name(cls, params: tuple[Any, ...]) -> str:
        """`ControlPage` for a page of `ControlOut`: the name that generated clients see."""
        return str(params[0].__name__).removesuffix("Out") + "Page"
