"""What the controls service announces of test procedures."""

from typing import ClassVar
from uuid import UUID

from shared.events.event import Event


class _About(Event):
    """Every event about a procedure says which, in the organisation's own words."""

    code: str
    title: str


class ProcedureDefined(_About):
    """It was written down how something is tested, as a draft."""

    name: ClassVar[str] = "controls.procedure.defined"


class ProcedureRevised(_About):
    """A procedure was changed; what was approved stays in force until the change is."""

    name: ClassVar[str] = "controls.procedure.revised"


class ProcedureApproved(_About):
    """Someone other than its author approved a procedure: tests follow this version from now on."""

    name: ClassVar[str] = "controls.procedure.approved"

    version_id: UUID
    number: int


class ProcedureRetired(_About):
    """A procedure is no longer followed."""

    name: ClassVar[str] = "controls.procedure.retired"
