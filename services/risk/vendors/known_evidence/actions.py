"""What is known of items of evidence, as the evidence service announces them."""

from services.risk.vendors.known_evidence.models import EvidenceState, KnownEvidence
from shared.events.catalogue.evidence import EvidenceAccepted, EvidenceReturned, EvidenceSubmitted
from shared.events.catalogue.evidence_items import EvidenceReplaced
from shared.events.event import Event
from shared.events.replicas import Facet, Replica

_STATES: dict[type[Event], EvidenceState] = {
    EvidenceSubmitted: EvidenceState.SUBMITTED,
    EvidenceAccepted: EvidenceState.ACCEPTED,
    EvidenceReturned: EvidenceState.RETURNED,
    EvidenceReplaced: EvidenceState.REPLACED,
}

EVIDENCE = Replica(
    KnownEvidence,
    Facet("version", tuple(_STATES), "title", state=lambda heard: _STATES[type(heard.event)]),
)
