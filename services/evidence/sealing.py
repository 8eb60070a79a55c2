"""The public keys that certificates and bundles have been sealed with."""

from services.evidence.base import Base
from shared.trail.sealing import PublishedKeys

KEYS = PublishedKeys(Base.metadata)
