from enum import StrEnum
from uuid import UUID

from services.evidence.base import Base

# The class that comes with Attest, for whatever is assigned to no other: audit evidence, seven years.
SHIPPED = UUID("00000000-0000-7000-8000-0000000000a1")


class RetentionBasis(StrEnum):
    """The fact from which on the years are counted."""

    REPORT_RELEASE = "report_release"
    COLLECTION = "collection"
    PERIOD_END = "period_end"
    CONTROL_RETIREMENT = "control_retirement"


class ClassStatus(StrEnum):
    """active → withdrawn: what is assigned to it keeps its time, and nothing more is assigned to it."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class RetentionClass(Base, table=True):
    """For how many years, from which fact on. One class of an organisation may be its default."""

    __tablename__ = "retention_classes"

    name: str
    description: str
    years: int
    basis: str
    is_default: bool = False
    status: str = ClassStatus.ACTIVE
