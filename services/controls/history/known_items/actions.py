"""What is known of items of evidence, as the evidence service announces it."""

from services.controls.history.known_items.models import ItemState, KnownItem
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceReturned, EvidenceSubmitted
from shared.events.catalogue.evidence_items import EvidenceReplaced
from shared.events.event import Event
from shared.events.replicas import Facet, Replica

_STATES: dict[type[Event], ItemState] = {
    EvidenceSubmitted: ItemState.SUBMITTED,
    EvidenceAccepted: ItemState.ACCEPTED,
    EvidenceReturned: ItemState.RETURNED,
    EvidenceReplaced: ItemState.REPLACED,
}

ITEMS = Replica(
    KnownItem,
    Facet(
        "version",
        tuple(_STATES),
        *("title", "covers_from", "covers_until"),
        state=lambda heard: _STATES[type(heard.event)],
    ),
)
