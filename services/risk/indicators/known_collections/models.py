from uuid import UUID

from sqlmodel import Field

from services.risk.base import Known


class KnownCollection(Known, table=True):
    """A collection as last heard of; nothing was handed in for it while it is `open`.

    `overdue` is what was announced last of its due date; it has a version of its own.
    """

    __tablename__ = "known_collections"

    id: UUID = Field(primary_key=True)
    control_id: UUID | None = None
    open: bool = False
    state_version: int = 0
    overdue: bool = False
    overdue_version: int = 0
