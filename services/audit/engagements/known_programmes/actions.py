"""What is known of programmes, as the controls service announces it."""

from services.audit.engagements.known_programmes.models import KnownProgramme
from shared.events.catalogue.controls import ProgrammeStarted
from shared.events.catalogue.programmes import ProgrammeCompleted, ProgrammeRevised, ProgrammeWithdrawn
from shared.events.replicas import Facet, Replica, is_one_of

PROGRAMMES = Replica(
    KnownProgramme,
    Facet(
        "version",
        (ProgrammeStarted, ProgrammeRevised, ProgrammeCompleted, ProgrammeWithdrawn),
        "title",
        "report_type",
        ended=is_one_of(ProgrammeCompleted, ProgrammeWithdrawn),
    ),
)
