"""The bases of this service's tables, in a registry of their own: two services may have a table of the same name."""

from uuid import UUID

from sqlalchemy.orm import registry
from sqlmodel import Field

from shared.data.base import Owned, Record

_registry = registry()


class Base(Record, registry=_registry):
    """A thing with a version of its own."""


class Known(Owned, registry=_registry):
    """What is known of a thing of another service, fed by its events."""

    org_id: UUID = Field(primary_key=True)
