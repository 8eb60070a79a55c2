from uuid import UUID

from sqlalchemy import BigInteger
from sqlmodel import Field

from services.evidence.base import Known, Part


class Storage(Part, table=True):
    """The bytes that an organisation's files take, and those that uploads under way have reserved."""

    __tablename__ = "storage"

    org_id: UUID = Field(primary_key=True)
    used_bytes: int = Field(sa_type=BigInteger)


class StorageQuota(Known, table=True):
    """The operator's limit for an organisation, as last heard; None for the limit that all have."""

    __tablename__ = "storage_quotas"

    id: UUID = Field(primary_key=True)
    quota_bytes: int | None = Field(default=None, sa_type=BigInteger)
    version: int
