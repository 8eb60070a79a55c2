"""What is known of engagements, as the audit service announces it."""

from services.controls.programmes.known_engagements.models import KnownEngagement
from shared.events.catalogue.audit import AboutEngagement, EngagementMoved, EngagementPlanned, EngagementRevised
from shared.events.event import Heard
from shared.events.replicas import Facet, Replica


def _how_many_controls(heard: Heard[AboutEngagement]) -> int:
    return len(heard.event.control_ids)


ENGAGEMENTS = Replica(
    KnownEngagement,
    Facet(
        "version",
        (EngagementPlanned, EngagementRevised, EngagementMoved),
        "programme_id",
        "kind",
        "title",
        "firm",
        "phase",
        "categories",
        "covers_from",
        "covers_until",
        "planned_at",
        "fieldwork_at",
        "issued_at",
        controls=_how_many_controls,
    ),
)
