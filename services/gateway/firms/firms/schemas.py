from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from services.gateway.access.issuers.rules import web_address
from services.gateway.firms.firms.models import OfferedService, PeerReviewResult
from shared.http.fields import Day, Input, Prose, Title

Region = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"),
    Field(examples=["US-CA"], description="A country or a part of one (ISO 3166-1 alpha-2, ISO 3166-2)"),
]
Website = Annotated[
    str,
    StringConstraints(max_length=500, pattern=r"^https://[A-Za-z0-9.-]+(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?$"),
    AfterValidator(web_address),
    Field(examples=["https://hale-partners.example"]),
]


class PeerReview(Input):
    """Whether the firm's practice is reviewed by peers, and how the last review ended."""

    enrolled: bool
    administered_by: Title | None = Field(default=None, examples=["California Society of CPAs"])
    last_result: PeerReviewResult | None = None
    year_ended_on: Day | None = Field(default=None, description="The end of the year that the last review looked at")

    @model_validator(mode="after")
    def _last_review_has_both(self) -> Self:
        if (self.last_result is None) != (self.year_ended_on is None):
            raise ValueError("give last_result and year_ended_on together, or neither")
        if self.last_result is not None and not self.enrolled:
            raise ValueError("a firm that is not enrolled has no last review")
        return self


class FirmRevision(Input):
    """What to change; members left out stay as they are."""

    name: Title | None = Field(default=None, examples=["Hale & Partners LLP"])
    summary: Prose | None = Field(default=None, examples=["SOC 2 examinations of software companies since 2011."])
    website: Website | None = None
    regions: list[Region] | None = Field(default=None, max_length=300)
    services: list[OfferedService] | None = Field(default=None, max_length=10)
    peer_review: PeerReview | None = None
    listed: bool | None = Field(
        default=None, description="Whether every organisation of this installation finds it in the directory"
    )
