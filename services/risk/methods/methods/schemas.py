from datetime import datetime

from pydantic import Field

from services.risk.terms.method_terms.schemas import MethodTerms


class MethodOut(MethodTerms):
    """The method in force."""

    is_default: bool = Field(description="Whether it is in force only because the organisation has set none")
    preset: str | None = Field(description="The preset it was taken from; null for one of the organisation's own")
    version: int = Field(description="0 while the organisation has set none")
    created_at: datetime | None
    updated_at: datetime | None


class PresetOut(MethodTerms):
    """A method that Attest ships."""

    name: str
    source: str = Field(description="Where its words and tables come from")
