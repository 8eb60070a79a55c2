from datetime import date
from uuid import UUID

from sqlmodel import Field

from services.audit.base import Known


class KnownFirm(Known, table=True):
    """An audit firm as last heard of. Its id is that of its organisation; every organisation may read it."""

    __tablename__ = "known_firms"

    id: UUID = Field(primary_key=True)
    name: str
    kind: str
    version: int


class KnownLicence(Known, table=True):
    """A licence as last heard of: of the firm that is its organisation, or of the person of it whom `person_id` names.

    Every organisation may read the firm's own; those of people stay in the firm.
    """

    __tablename__ = "known_licences"

    id: UUID = Field(primary_key=True)
    kind: str
    person_id: UUID | None = None
    region: str
    issued_by: str
    number: str
    issued_to: str
    expires_on: date
    status: str
    version: int
