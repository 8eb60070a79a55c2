from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.register.definitions.schemas import DefinitionApproval
from services.controls.register.lifecycles.schemas import ControlImplementation, ControlRetirement
from shared.http.batches import Answered
from shared.http.fields import Input, PersonRef

LARGEST_BATCH = 1000


class ApprovalOfControl(DefinitionApproval):
    """From when the approved text of a control is in force, and of which."""

    control_id: UUID


class ImplementationOfControl(ControlImplementation):
    """Since when a control is in operation, and which."""

    control_id: UUID


class RetirementOfControl(ControlRetirement):
    """Why a control is no longer operated, and which."""

    control_id: UUID


class ReassignmentOfControl(Input):
    """Who answers for a control from now on; a member left out stays as it is."""

    control_id: UUID
    owner: PersonRef | None = None
    backup_owner: PersonRef | None = Field(default=None, description="Null for nobody")


class ApprovalBatch(Input):
    """Controls to approve."""

    controls: list[ApprovalOfControl] = Field(min_length=1, max_length=LARGEST_BATCH)


class ImplementationBatch(Input):
    """Controls that are in operation."""

    controls: list[ImplementationOfControl] = Field(min_length=1, max_length=LARGEST_BATCH)


class RetirementBatch(Input):
    """Controls that are no longer operated."""

    controls: list[RetirementOfControl] = Field(min_length=1, max_length=LARGEST_BATCH)


class ReassignmentBatch(Input):
    """Controls that other people answer for."""

    controls: list[ReassignmentOfControl] = Field(min_length=1, max_length=LARGEST_BATCH)


class ControlBatchOut(BaseModel):
    changed: int
    refused: int
    results: list[Answered] = Field(description="In the order in which they were sent; `id` is the control's")
