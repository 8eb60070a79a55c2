"""What is known of risks, as the risk service announces it."""

from services.controls.programmes.known_risks.models import KnownRisk
from shared.events.catalogue.risk import (
    RiskBackWithinAppetite,
    RiskClosed,
    RiskExceededAppetite,
    RiskIdentified,
    RiskOwnerAgreed,
    RiskRated,
    RiskReopened,
    RiskRevised,
    RiskTreatmentChanged,
)
from shared.events.event import Event, Heard
from shared.events.replicas import Facet, Replica


def _happened_at(heard: Heard[Event]) -> object:
    return heard.occurred_at


_TOLD = ("code", "title", "status", "controls")

RISKS = Replica(
    KnownRisk,
    Facet("risk_version", (RiskIdentified, RiskRevised, RiskOwnerAgreed, RiskClosed, RiskReopened), *_TOLD),
    Facet("identified_version", (RiskIdentified,), *_TOLD, identified_at=_happened_at),
    Facet("treatment_version", (RiskTreatmentChanged,), *_TOLD, "treatment"),
    Facet("rated_version", (RiskRated, RiskExceededAppetite, RiskBackWithinAppetite), *_TOLD, rated_at=_happened_at),
)
