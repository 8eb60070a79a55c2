"""What is known of controls, as the controls service announces it."""

from services.risk.register.known_controls.models import KnownControl
from shared.events.catalogue.controls import (
    ControlApproved,
    ControlAtRisk,
    ControlDefined,
    ControlFailing,
    ControlImplemented,
    ControlProven,
    ControlRecovered,
    ControlRetired,
    ControlRevised,
    ControlUnproven,
    ReasonCode,
)
from shared.events.replicas import Facet, Replica, is_one_of

CONTROLS = Replica(
    KnownControl,
    Facet(
        "control_version",
        (ControlDefined, ControlRevised, ControlApproved, ControlImplemented, ControlRetired),
        "code",
        "title",
        retired=is_one_of(ControlRetired),
    ),
    Facet(
        "health_version",
        (ControlFailing, ControlAtRisk, ControlRecovered, ControlProven, ControlUnproven),
        "code",
        "title",
        "health",
        "reasons",
        in_operation=lambda heard: ReasonCode.NOT_IN_OPERATION not in heard.event.reason_codes,
    ),
)
