from enum import StrEnum

from services.controls.base import Base


class CrosswalkStatus(StrEnum):
    """A withdrawn crosswalk stays on record; nothing is read through it any longer."""

    ACTIVE = "active"
    WITHDRAWN = "withdrawn"


class Crosswalk(Base, table=True):
    """A set of entries from one framework to another. Those that come with Attest belong to the platform."""

    __tablename__ = "crosswalks"

    code: str
    title: str
    source: str
    target: str
    origin: str
    status: str = CrosswalkStatus.ACTIVE
