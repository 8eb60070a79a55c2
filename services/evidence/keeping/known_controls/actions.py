"""What is known of controls, as the controls service announces it."""

from services.evidence.keeping.known_controls.models import KnownControl
from shared.events.catalogue.controls import ControlApproved, ControlDefined, ControlImplemented, ControlRevised
from shared.events.replicas import Facet, Replica

CONTROLS = Replica(
    KnownControl,
    Facet("version", (ControlDefined, ControlRevised, ControlApproved, ControlImplemented), "code", "title"),
)
