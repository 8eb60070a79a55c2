from uuid import UUID

from sqlmodel import Field

from services.controls.base import Known


class KnownAsset(Known, table=True):
    """An asset as last heard of. `version` is the one that said so."""

    __tablename__ = "known_assets"

    id: UUID = Field(primary_key=True)
    code: str
    title: str
    kind: str
    retired: bool = False
    version: int
