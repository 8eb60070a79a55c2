"""What is known of definitions of controls, as the controls service announces them."""

from services.audit.engagements.known_definitions.models import KnownDefinition
from shared.events.catalogue.definitions import DefinitionApproved, DefinitionBegunEarlier, DefinitionWithdrawn
from shared.events.replicas import Facet, Replica

_NAMED = ("control_id", "control_code", "number", "title")

DEFINITIONS = Replica(
    KnownDefinition,
    Facet(
        "version",
        (DefinitionApproved,),
        *_NAMED,
        *("statement", "kind", "nature", "frequency", "requirements", "effective_from"),
        approved_at=lambda heard: heard.occurred_at,
    ),
    Facet(
        "begun_version",
        (DefinitionBegunEarlier,),
        *_NAMED,
        begun_earlier=lambda heard: heard.event.effective_from,
    ),
    Facet("withdrawn_version", (DefinitionWithdrawn,), *_NAMED, withdrawn=lambda _heard: True),
)
