"""The public keys that issued reports have been signed with."""

from services.audit.base import Base
from shared.trail.sealing import PublishedKeys

KEYS = PublishedKeys(Base.metadata)
