"""The bases of this service's tables, in a registry of their own: two services may have a table of the same name."""

from sqlalchemy.orm import registry

from shared.data.base import Owned, Record, Replicated

_registry = registry()


class Base(Record, registry=_registry):
    """A thing with a version of its own."""


class Secret(Owned, registry=_registry):
    """What is kept apart from its thing, because a thing's columns are told in the trail."""


class Detail(Owned, registry=_registry):
    """A row that is no thing of its own and has no version."""


class Known(Replicated, registry=_registry):
    """What is known of a thing of another service, fed by its events."""
