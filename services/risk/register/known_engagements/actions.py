"""What is known of engagements, as the audit service announces it."""

from services.risk.register.known_engagements.models import KnownEngagement
from shared.events.catalogue.audit import EngagementMoved, EngagementProposed, EngagementRevised
from shared.events.replicas import Facet, Replica

ENGAGEMENTS = Replica(
    KnownEngagement,
    Facet(
        "version",
        (EngagementProposed, EngagementRevised, EngagementMoved),
        *("firm_id", "readable", "control_ids"),
        *("title", "kind", "phase", "asset_ids"),
    ),
)
