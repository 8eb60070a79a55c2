from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from services.risk.assessments.assessments.schemas import LARGEST_SCOPE
from shared.http.fields import Input, Prose, once_each


class AssessmentApproval(Input):
    """What an approver has to say."""

    note: Prose | None = Field(default=None, examples=["Seen the comments on the disputed ones."])


class AssessmentReturn(Input):
    """Why an assessment is returned to its participants."""

    reason: Prose = Field(examples=["The risk of the new data centre is rated without its supplier."])


class AssessmentCompletion(Input):
    """Which risks moved since the start, so that their result is applied knowingly all the same."""

    drift_seen: Annotated[
        list[UUID],
        AfterValidator(once_each),
        Field(max_length=LARGEST_SCOPE, description="The ids of risks that have drifted, as the drift names them"),
    ] = Field(default=[])
    note: Prose | None = Field(default=None, examples=["The failing control is repaired next week; see its issue."])
