from pydantic import Field

from services.controls.issues.issues.models import Effectiveness
from services.controls.issues.issues.schemas import CorrectiveAction, EvidenceIds
from shared.http.fields import Input, Prose


class IssuePlan(Input):
    """Root cause and corrective action (ISO/IEC 27001:2022, 10.2 a to d)."""

    root_cause: Prose = Field(examples=["Leavers were reported by mail, and nobody read it during the move."])
    containment: Prose | None = Field(
        default=None, examples=["Both accounts were disabled on the day."], description="What was done at once"
    )
    similar: Prose | None = Field(
        default=None,
        examples=["All other systems were compared with the HR list; nothing was found."],
        description="Whether the same is the case elsewhere, or could be",
    )
    actions: list[CorrectiveAction] = Field(min_length=1, max_length=50)


class ResolutionDraft(Input):
    """The claim that the issue is corrected."""

    statement: Prose = Field(examples=["The trigger is live since 1 August; both accounts are gone."])
    evidence_ids: EvidenceIds = Field(default=[])


class EffectivenessCheckDraft(Input):
    """Whether the correction works (ISO/IEC 27001:2022, 10.2 e): looked at by someone who did not claim it."""

    outcome: Effectiveness
    method: Prose = Field(examples=["Ten leavers of August compared with the accounts of all systems."])
    conclusion: Prose = Field(examples=["All ten were deprovisioned within a day."])
    evidence_ids: EvidenceIds = Field(default=[])
