"""The verb of an item's retention."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evidence.items.evidence.models import Item
from services.evidence.keeping.retention.models import ClassStatus, RetentionClass
from shared.data.records import found, locked
from shared.events.catalogue.retention import (
    EvidenceClassified,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Gone, Invalid


class UnknownClass(Invalid):
    """The retention class does not exist or was withdrawn."""


async def classify(
    session: AsyncSession, item_id: UUID, *, class_id: UUID | None, reason: str, expected: int, by: Actor, at: datetime
) -> None:
    """Assign evidence to a class, or back to whatever is the default."""
    item = await locked(session, Item, item_id, noun="evidence", expected=expected)
    if item.disposed_at is not None:
        raise Gone(f"The evidence was disposed of at {item.disposed_at.isoformat()}.")
    if class_id is not None:
        kind = await found(session, RetentionClass, class_id)
        if kind is None or kind.status != ClassStatus.ACTIVE:
            raise UnknownClass(
                f"There is no active class {class_id}.", faults=[Fault("/class_id", "unknown or withdrawn")]
            )
    item.retention_class_id = class_id
    event = EvidenceClassified(title=item.title, retention_class_id=class_id)
    announce(session, event, about=item, by=by, at=at, reason=reason)
