from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.audit.papers.firm_procedures.models import FirmProcedureStatus
from services.audit.wording.contents import HowTested
from shared.http.fields import Code, Input, Prose, Title


class FirmProcedureDraft(Input):
    """A procedure as the firm's tests of controls use it."""

    code: Code = Field(examples=["CM-INSP-01"])
    title: Title = Field(examples=["Approval before deployment"])
    kind: HowTested
    text: Prose = Field(examples=["Inspected the ticket of each selected change for an approval before deployment."])


class FirmProcedureRevision(Input):
    """What to change; members left out stay as they are. The code stays."""

    title: Title | None = None
    kind: HowTested | None = None
    text: Prose | None = None


class FirmProcedureRetirement(Input):
    """Why it is used no longer."""

    reason: Prose = Field(examples=["Replaced by CM-INSP-02, which names the source of the approval."])


class FirmProcedureOut(BaseModel):
    id: UUID
    code: str
    title: str
    kind: HowTested
    text: str
    status: FirmProcedureStatus
    version: int
    created_at: datetime
    updated_at: datetime
