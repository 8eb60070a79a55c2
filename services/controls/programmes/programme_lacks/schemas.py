from enum import StrEnum

from pydantic import BaseModel, Field


class ProgrammeLack(StrEnum):
    """What a programme itself lacks, for programs. `docs/reasons.md` explains each."""

    NO_COMMITMENT = "no_commitment"
    NO_SYSTEM_REQUIREMENT = "no_system_requirement"
    CRITERION_WITHOUT_COMMITMENT = "criterion_without_commitment"
    NO_INTERESTED_PARTY = "no_interested_party"
    NO_SECURITY_OBJECTIVE = "no_security_objective"
    OBJECTIVE_WITHOUT_ASSERTION = "objective_without_assertion"


class Missing(BaseModel):
    """Something that a programme itself lacks."""

    code: ProgrammeLack
    text: str = Field(
        examples=["No commitment belongs to CC9.1, CC9.2."], description="In words; of many the first five are named"
    )
    path: str = Field(
        examples=["/v1/programmes/01987f2e-9e3b-7d52-a38b-6a1c2f0f5b11/commitments"],
        description="Where it is put right",
    )
