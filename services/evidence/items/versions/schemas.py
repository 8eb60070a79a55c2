from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.evidence.items.evidence.schemas import EvidenceDraft, all_different
from shared.http.fields import Prose


class VersionDraft(EvidenceDraft):
    """Corrected evidence, whole: what it was before stays as it was."""

    expectation_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(
        default=[],
        max_length=50,
        description="What it proves; when left out, what the other does",
    )
    collection_ids: Annotated[list[UUID], AfterValidator(all_different)] = Field(
        default=[], max_length=50, description="What it is collected for; when left out, what the other is"
    )
    reason: Prose = Field(description="What was wrong", examples=["The export left out contractors."])
