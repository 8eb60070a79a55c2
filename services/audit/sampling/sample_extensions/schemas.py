from typing import Annotated

from pydantic import Field

from services.audit.sampling.samples.schemas import LARGEST_SAMPLE
from shared.http.fields import Input, Prose, Title


class ExtensionDraft(Input):
    """How many items join the sample, and why."""

    size: Annotated[int, Field(ge=1, le=LARGEST_SAMPLE)] | None = Field(
        default=None,
        description="How many more. Left out, as many as the design by attribute sampling needs for the deviations that"
        " were found so far",
    )
    stratum: Title | None = Field(
        default=None, description="Of a stratified sample, with the size: the stratum whose following items join it"
    )
    reason: Prose = Field(
        examples=["One deviation was found where none was expected; its cause looks isolated to one release."]
    )
