from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.audit.base import Base


class ConclusionAbout(StrEnum):
    """What is concluded on, from below upwards: what is above rests on what is below."""

    CRITERION = "criterion"
    COMMITMENT = "commitment"
    SUBJECT_MATTER = "subject_matter"


class ConclusionVerdict(StrEnum):
    """What was concluded.

    Of a criterion: met, not_met, unable. Of a service commitment or system requirement: achieved, not_achieved, unable.
    Of a subject matter: unmodified, material, material_and_pervasive, and where sufficient evidence could not be
    obtained unable, unable_and_pervasive (AT-C section 205).
    """

    MET = "met"
    NOT_MET = "not_met"
    ACHIEVED = "achieved"
    NOT_ACHIEVED = "not_achieved"
    UNMODIFIED = "unmodified"
    MATERIAL = "material"
    MATERIAL_AND_PERVASIVE = "material_and_pervasive"
    UNABLE = "unable"
    UNABLE_AND_PERVASIVE = "unable_and_pervasive"


class ConclusionStatus(StrEnum):
    """concluded → replaced by a later conclusion on the same, or voided because something below it changed."""

    CONCLUDED = "concluded"
    REPLACED = "replaced"
    VOIDED = "voided"


class Conclusion(Base, table=True):
    """A conclusion, the firm's row. `ref` is a criterion as `framework:ref`, a commitment's id, or a subject matter.

    `rests_on` names what it rests on, each with what it was then: papers with their editions, deviations and findings
    with their versions, conclusions below it. `matters` are what modifies the opinion on a subject matter, as the
    schema has them.
    """

    __tablename__ = "conclusions"

    engagement_id: UUID
    about: str
    ref: str
    verdict: str
    reason: str = Field(sa_column=Column(Text, nullable=False))
    matters: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    rests_on: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    status: str = ConclusionStatus.CONCLUDED
    concluded_by: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
