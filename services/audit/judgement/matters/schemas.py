from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.audit.papers.findings.schemas import CriterionRef
from shared.http.fields import Input, Prose


class MatterDraft(Input):
    """What modifies the opinion on a subject matter: a finding, or what the firm says where there is none.

    The report prints it. Which controls, criteria, service commitments and system requirements it concerns follows from
    the finding and from the conclusions on what is below.
    """

    finding_id: UUID | None = Field(
        default=None, description="A concluded finding: its text is printed, with its control and its criteria"
    )
    text: Prose | None = Field(
        default=None,
        description="Required without a finding, which has its own: what of the description is not so, or which"
        " evidence could not be obtained",
        examples=["The tickets of the first quarter were deleted when the tracker was replaced."],
    )
    effect: Prose = Field(
        description="What follows from it for who reads the report",
        examples=["Privileged access that is no longer needed might not be detected."],
    )
    criteria: list[CriterionRef] = Field(
        default_factory=list,
        max_length=200,
        description="Without a finding: the criteria that it concerns, as `framework:ref`. Each is concluded as not"
        " met, or as unable",
    )

    @model_validator(mode="after")
    def _of_a_finding_or_not(self) -> Self:
        if (self.finding_id is None) == (self.text is None):
            raise ValueError("give either finding_id or text")
        if self.finding_id is not None and self.criteria:
            raise ValueError("the criteria of a finding are its own")
        return self


class MatterOut(BaseModel):
    """What modifies the opinion on a subject matter, with all that it concerns."""

    finding_id: UUID | None
    text: str
    effect: str
    controls: list[str] = Field(description="Codes of the controls")
    criteria: list[str] = Field(description="As `framework:ref`: those that are concluded as not met, or as unable")
    commitments: list[str] = Field(
        description="Texts of the service commitments and system requirements that are concluded as not achieved, or as"
        " unable, and that these criteria judge"
    )
    limitation: bool = Field(description="Whether evidence could not be obtained, rather than that something was found")
