"""What is known of engagements."""

from collections.abc import Iterable

from services.evidence.keeping.engagements.models import KnownEngagement
from shared.events.catalogue.audit import AboutEngagement, EngagementMoved, EngagementProposed, EngagementRevised
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica, Row

_EVENTS = (EngagementProposed, EngagementRevised, EngagementMoved)
_ISSUED = "issued"


def _release(heard: Heard[AboutEngagement]) -> Iterable[Row]:
    """That the report was issued stays known, whatever phase is heard of afterwards."""
    if heard.event.phase == _ISSUED:
        yield {"id": heard.subject, "released_at": heard.occurred_at}


ENGAGEMENTS = Replica(
    KnownEngagement,
    Facet("version", _EVENTS, *("title", "phase", "firm_id", "readable", "control_ids", "covers_from", "covers_until")),
    Facet("release_version", _EVENTS, "released_at", rows=_release),
)
