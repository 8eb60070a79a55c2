from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.risk.terms.method_terms.models import MethodStatus
from services.risk.terms.method_terms.schemas import MethodTerms
from services.risk.terms.presets.rules import PRESETS, PresetName
from shared.http.fields import ActedBy, Input


class MethodDraft(Input):
    """Either the name of a preset or a method of the organisation's own."""

    preset: PresetName | None = Field(default=None, examples=[PresetName.NIST_800_30])
    method: MethodTerms | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if (self.preset is None) == (self.method is None):
            raise ValueError("give either a preset or a method")
        return self

    @property
    def terms(self) -> MethodTerms:
        """The method meant, in full."""
        if self.method is not None:
            return self.method
        assert self.preset is not None
        return PRESETS[self.preset]


class PreviewOut(BaseModel):
    """What a method would change of the register, counted."""

    risks: int = Field(description="Risks that are not closed")
    up: int = Field(description="Risks whose current level would be higher among the method's levels than it is now")
    down: int
    same: int
    exceeding: int = Field(description="Risks that would exceed a limit that they do not exceed now")
    back: int = Field(description="Risks that would no longer exceed a limit that they exceed now")


class MethodOut(BaseModel):
    """A version of the method."""

    id: UUID | None = Field(description="Null for the default preset, while the organisation has put none in force")
    number: int = Field(description="Counts the organisation's versions; 0 for the default preset")
    title: str
    status: MethodStatus
    is_default: bool = Field(description="Whether it is in force only because the organisation has put none in force")
    preset: str | None = Field(description="The preset it was taken from; null for one of the organisation's own")
    terms: MethodTerms
    warnings: list[str] = Field(
        description="What some people will not see in the colours of the levels",
        examples=[["The colour of 'Low' is not darker than that of 'Very low': in grey, the order is lost."]],
    )
    authored_by: ActedBy | None
    preview: PreviewOut | None
    previewed_at: datetime | None
    put_in_force_by: ActedBy | None
    put_in_force_at: datetime | None
    replaced_at: datetime | None
    version: int
    created_at: datetime | None
    updated_at: datetime | None


class PresetOut(BaseModel):
    """A method that Attest ships."""

    name: str
    source: str = Field(description="Where its words and tables come from")
    terms: MethodTerms
