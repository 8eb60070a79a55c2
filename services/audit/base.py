"""The bases of this service's tables, in a registry of their own: two services may have a table of the same name."""

from sqlalchemy.orm import registry

from shared.data.base import Owned, Record, Replicated

_registry = registry()


class Base(Record, registry=_registry):
    """A thing with a version of its own."""


class Known(Replicated, registry=_registry):
    """What is known of a thing of another service, fed by its events."""


class Part(Owned, registry=_registry):
    """A row that is part of a thing, and has no version of its own."""
