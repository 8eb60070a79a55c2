"""What each system of tickets can be asked to do, whatever requests that takes."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from services.integrations.ticketing.calls import Calls
from services.integrations.ticketing.terms.models import Category, Content, FieldName, Outside, Place
from shared.outbound.addresses import Reach

MOST_PAGES = 10
PAGE = 100


@dataclass(frozen=True, slots=True)
class Adapter(ABC):
    """One system at one place. Every method may raise `Refused`."""

    place: Place
    calls: Calls

    fields: ClassVar[frozenset[FieldName]]

    @classmethod
    def at(cls, place: Place, reach: Reach) -> "Adapter":
        """The adapter of a place, with the headers that prove who we are."""
        return cls(place, Calls(place.base_url, reach, cls.headers_of(place)))

    @staticmethod
    @abstractmethod
    def headers_of(place: Place) -> Mapping[str, str]:
        """The headers of every request."""

    @abstractmethod
    async def account(self) -> str | None:
        """Who we are there, if that can be asked; refused where the project or what is needed in it is not there."""

    @abstractmethod
    async def find(self, marker: str, *, since: datetime) -> Outside | None:
        """The ticket that has this marker, made since then; refused where not everything could be looked through."""

    @abstractmethod
    async def create(self, content: Content) -> Outside:
        """Make a ticket."""

    @abstractmethod
    async def read(self, key: str) -> Outside:
        """The ticket as it is now."""

    @abstractmethod
    async def set_fields(self, key: str, values: Mapping[FieldName, Any]) -> None:
        """Set fields other than the state, in one request."""

    @abstractmethod
    async def set_state(self, key: str, wanted: Category) -> None:
        """Close or reopen a ticket: `done` or `open`."""


def marked(content: Content) -> str:
    """The description with the marker in it where readers do not see it."""
    return f"{content.description}\n\n{hidden(content.marker)}"


def hidden(marker: str) -> str:
    """The marker as a comment of Markdown."""
    return f"<!-- attest:{marker} -->"
