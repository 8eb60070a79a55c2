from datetime import date
from enum import StrEnum
from uuid import UUID

from services.controls.base import Base


class SecurityObjectiveStatus(StrEnum):
    """in force → withdrawn. A withdrawn one stays on record."""

    IN_FORCE = "in_force"
    WITHDRAWN = "withdrawn"


class SecurityObjective(Base, table=True):
    """An information security objective of an ISO/IEC 27001 programme. `due_on` is a UTC day."""

    __tablename__ = "security_objectives"

    programme_id: UUID
    title: str
    measure: str
    plan: str
    owner_id: UUID
    due_on: date
    evaluation: str
    status: str = SecurityObjectiveStatus.IN_FORCE
