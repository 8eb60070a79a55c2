from pydantic import Field

from services.controls.frameworks.requirements.schemas import Requirements
from services.controls.register.controls.models import ControlKind, ControlNature
from services.controls.register.rhythms.models import ControlFrequency
from services.controls.register.rhythms.schemas import Recurrence
from shared.http.fields import Input, Instant, PersonRef, Prose, Title


class ControlRevision(Input):
    """What to change; members left out stay as they are.

    Who answers for a control changes at once. Another text needs approval: that of a control in operation stays in
    force until the new one, a pending definition, is approved and takes effect.
    """

    title: Title | None = None
    statement: Prose | None = None
    owner: PersonRef | None = None
    backup_owner: PersonRef | None = Field(default=None, description="Null for nobody")
    kind: ControlKind | None = None
    nature: ControlNature | None = None
    frequency: ControlFrequency | None = None
    recurrence: Recurrence | None = Field(default=None, description="Null for the default days of its frequency")
    requirements: Requirements | None = None


class ControlImplementation(Input):
    """Since when a control is in operation; from now on when left out."""

    since: Instant | None = Field(
        default=None,
        examples=["2026-01-01T00:00:00Z"],
        description="Now or in the past, and not before its approval came into Attest: what was in operation before is"
        " told as a historical record",
    )


class ControlRetirement(Input):
    """Why a control is no longer operated, and since when; from now on when left out."""

    reason: Prose
    since: Instant | None = Field(default=None, examples=["2026-06-30T00:00:00Z"], description="Now or in the past")
