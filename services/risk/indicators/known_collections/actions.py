"""What is known of collections, as the evidence service announces it."""

from services.risk.indicators.known_collections.models import KnownCollection
from shared.events.catalogue.evidence_collections import (
    CollectionAccepted,
    CollectionOpened,
    CollectionOverdue,
    CollectionReassigned,
    CollectionReopened,
    CollectionRescheduled,
    CollectionSkipped,
    CollectionSubmitted,
)
from shared.events.replicas import Facet, Replica, is_one_of

_OPEN = (CollectionOpened, CollectionReopened, CollectionOverdue, CollectionRescheduled, CollectionReassigned)

COLLECTIONS = Replica(
    KnownCollection,
    Facet(
        "state_version",
        (*_OPEN, CollectionSubmitted, CollectionAccepted, CollectionSkipped),
        "control_id",
        open=is_one_of(*_OPEN),
    ),
    Facet("overdue_version", (CollectionOverdue, CollectionRescheduled), overdue=is_one_of(CollectionOverdue)),
)
