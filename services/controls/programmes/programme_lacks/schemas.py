from pydantic import BaseModel, Field

from shared.events.catalogue.controls import ReasonCode


class Missing(BaseModel):
    """Something that is missing, and where it is put right."""

    code: ReasonCode
    text: str = Field(
        examples=["No commitment belongs to CC9.1, CC9.2."], description="In words; of many the first five are named"
    )
    path: str = Field(
        examples=["/v1/programmes/01987f2e-9e3b-7d52-a38b-6a1c2f0f5b11/commitments"],
        description="Where it is put right",
    )
