from uuid import UUID

from sqlmodel import Field

from services.controls.base import Known


class KnownMember(Known, table=True):
    """A member's e-mail address. `version` is the last one heard of."""

    __tablename__ = "known_members"

    id: UUID = Field(primary_key=True)
    email: str
    version: int
