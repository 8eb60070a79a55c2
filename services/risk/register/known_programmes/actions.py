"""What is known of programmes, as the controls service announces it."""

from services.risk.register.known_programmes.models import KnownProgramme
from shared.events.catalogue.controls import ProgrammeStarted
from shared.events.catalogue.programmes import ProgrammeCompleted, ProgrammeRevised, ProgrammeWithdrawn
from shared.events.replicas import Facet, Replica

_TOLD = ("title", "report_type")

PROGRAMMES = Replica(
    KnownProgramme,
    Facet("version", (ProgrammeStarted, ProgrammeRevised), *_TOLD, "asset_ids"),
    Facet("ended_version", (ProgrammeCompleted, ProgrammeWithdrawn), *_TOLD),
)
