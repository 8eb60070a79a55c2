from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.audit.engagements.engagements.models import EngagementKind, TrustServicesCategory
from services.audit.engagements.engagements.schemas import Categories
from shared.http.fields import ActedBy, Day, Input, Prose, once_each


class ScopeChangeDraft(Input):
    """What changes, and the justification; members left out stay as they are.

    To change the type give the other kind with its dates: a Type 1 has an as-of date, a Type 2 a period.
    """

    justification: Prose = Field(examples=["Management extended the period by a quarter at the request of customers."])
    kind: EngagementKind | None = Field(default=None, description="Type 1 or Type 2 of the same kind of examination")
    categories: Categories = None
    as_of_date: Day | None = None
    period_start: Day | None = None
    period_end: Day | None = None
    control_ids: list[UUID] | None = Field(
        default=None, max_length=2000, description="The controls in scope from now on, in place of those before"
    )
    asset_ids: Annotated[list[UUID], AfterValidator(once_each), Field(max_length=2000)] | None = Field(
        default=None, description="The client's assets in scope from now on, in place of those before", examples=[[]]
    )


class ChangedScope(BaseModel):
    """The members that changed, as they were or as they are."""

    kind: EngagementKind | None = None
    categories: list[TrustServicesCategory] | None = None
    as_of_date: date | None = None
    period_start: date | None = None
    period_end: date | None = None
    control_ids: list[UUID] | None = None
    asset_ids: list[UUID] | None = None


class VoidedWork(BaseModel):
    papers: int = Field(description="Signed papers that have to be signed anew")
    conclusions: int
    reports: int = Field(description="Reports that went back to draft")


class ScopeChangeOut(BaseModel):
    id: UUID
    engagement_id: UUID
    before: ChangedScope
    after: ChangedScope
    justification: str
    voided: VoidedWork
    changed_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime
