from sqlalchemy import BigInteger
from sqlmodel import Field

from services.gateway.base import Base


class Organisation(Base, table=True):
    """A tenant of this installation. It owns itself: `org_id` is its id.

    `storage_quota_bytes` is the operator's limit for its files; None for the one that all organisations have.
    """

    __tablename__ = "organisations"

    title: str
    storage_quota_bytes: int | None = Field(default=None, sa_type=BigInteger)
