from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from services.controls.frameworks.crosswalks.models import Relation
from services.controls.frameworks.requirements.schemas import RequirementRef
from services.controls.programmes.adoptions.models import AdoptionStatus
from services.controls.register.controls.models import ControlStatus
from shared.http.fields import ActedBy, Code, Input

MOST_ROWS = 5000

_SAYING_HOW = [Relation.EQUAL, Relation.SUPERSET_OF, Relation.SUBSET_OF, Relation.INTERSECTS_WITH]


class SuggestedRow(Input):
    """One suggested mapping, as a preview named it."""

    control: Code = Field(examples=["AC-01"])
    requirement: RequirementRef = Field(examples=["iso27001:A.5.18"])


class AdoptionDraft(Input):
    """Which of the suggested mappings to adopt: the chosen rows, or all that there are."""

    through: Code | None = Field(
        default=None,
        examples=["soc2"],
        description="Only by what the controls are mapped to in this framework; in any when left out",
    )
    relations: list[Relation] = Field(
        default=_SAYING_HOW,
        min_length=1,
        max_length=len(Relation),
        description="Only through entries of these relations. `related`, which does not say how two requirements "
        "relate, has to be named",
    )
    rows: list[SuggestedRow] | None = Field(
        default=None, min_length=1, max_length=MOST_ROWS, description="Only these; all that are suggested when left out"
    )


class AdoptedRow(BaseModel):
    """A control, a requirement that it was not mapped to, and through what it would be."""

    control_id: UUID
    control: str = Field(examples=["AC-01"])
    status: ControlStatus
    requirement: str = Field(examples=["iso27001:A.5.18"])
    via: str = Field(examples=["soc2:CC6.3"], description="What the control is mapped to")
    entry_id: UUID = Field(description="The crosswalk's entry; of several the one that says most")
    crosswalk: str = Field(examples=["soc2-iso27001"], description="The crosswalk's code")
    relation: Relation = Field(description="How `via` stands to the requirement, turned where it was written so")
    strength: int | None = Field(description="Null when the entry's author has not said")
    reason: str | None = Field(description="The entry's rationale; null when its author gave none")


class AdoptionResult(BaseModel):
    """What was adopted, or in a dry run would be. Asked again, the same draft adopts nothing more."""

    dry_run: bool
    adoption_id: UUID | None = Field(description="The adoption; null in a dry run, and when there was nothing to adopt")
    adopted: int = Field(description="How many mappings: as many as there are rows")
    already: int = Field(description="How many of what is asked for the controls are mapped to already")
    left: int = Field(description=f"How many more there are: at most {MOST_ROWS} are adopted at once, by control")
    rows: list[AdoptedRow]


class AdoptionOut(BaseModel):
    id: UUID
    programme_id: UUID
    framework: str = Field(examples=["iso27001"])
    status: AdoptionStatus
    mappings: int = Field(description="How many were adopted then; some may have been withdrawn since")
    adopted_by: ActedBy
    rolled_back_at: datetime | None
    rolled_back_by: ActedBy | None
    version: int
    created_at: datetime
    updated_at: datetime
