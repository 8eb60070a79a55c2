"""What is known of engagements, as the audit service announces it."""

from services.controls.programmes.known_engagements.models import KnownEngagement
from shared.events.catalogue.audit import EngagementMoved, EngagementProposed, EngagementRevised
from shared.events.replicas import Facet, Replica

ENGAGEMENTS = Replica(
    KnownEngagement,
    Facet(
        "version",
        (EngagementProposed, EngagementRevised, EngagementMoved),
        "programme_id",
        "kind",
        "title",
        "firm_id",
        "readable",
        "phase",
        "control_ids",
        "categories",
        "covers_from",
        "covers_until",
        "proposed_at",
        "accepted_at",
        "fieldwork_at",
        "issued_at",
    ),
)
