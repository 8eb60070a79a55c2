from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base, Fact
from shared.data.base import Touches, instant
from shared.events.catalogue.risk import RiskStatus


class RiskTreatment(StrEnum):
    """How a risk is treated (ISO 31000: retain, avoid, change, share it), which follows from what is done about it."""

    ACCEPT = "accept"
    AVOID = "avoid"
    MITIGATE = "mitigate"
    TRANSFER = "transfer"
    UNTREATED = "untreated"


class Factor(StrEnum):
    """What a control lowers: preventive ones the likelihood, corrective ones the impact, as a rule."""

    LIKELIHOOD = "likelihood"
    IMPACT = "impact"


class Property(StrEnum):
    """Which property of information an event would harm (ISO/IEC 27000)."""

    CONFIDENTIALITY = "confidentiality"
    INTEGRITY = "integrity"
    AVAILABILITY = "availability"


class LinkKind(StrEnum):
    """What a risk is linked with besides controls and assets, under the ids of the services that have them."""

    CRITERION = "criterion"
    COMMITMENT = "commitment"
    CANDIDATE = "candidate"
    FINDING = "finding"
    ISSUE = "issue"


class CloseReason(StrEnum):
    """Why a risk is closed."""

    AVOIDED = "avoided"
    NO_LONGER_RELEVANT = "no_longer_relevant"
    MERGED = "merged"


class Risk(Base, table=True):
    """What could happen, as rated without controls (inherent), with those that work (current), as aimed at (target).

    `likelihood_from` are the steps of occurrence and harm by which the inherent likelihood was found, if it was so.
    The computed rating is what the controls leave; the current one is the same unless `override`, which names the
    override in force, says otherwise. The owner has agreed to answer for it since `owner_agreed_at`.
    `live_treatments` are the treatments under way; they and `acceptance_id` keep the risk from being closed.
    `assessment_id` is the assessment that found the inherent rating; none when a person revised it since.
    """

    __tablename__ = "risks"
    __touches__ = Touches(
        "id",
        when=frozenset(
            {
                *("inherent_likelihood", "inherent_impact", "target_likelihood", "target_impact"),
                *("category", "controls", "override", "status", "acceptance_id"),
            }
        ),
    )

    code: str
    title: str
    scenario: dict[str, Any] = Field(sa_column=Column(JSONB, nullable=False))
    affects: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text), nullable=False))
    category: str
    owner_id: UUID
    owner_agreed_at: datetime | None = instant(default=None)
    status: str = RiskStatus.PROPOSED
    treatment: str = RiskTreatment.UNTREATED
    controls: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    asset_ids: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    links: list[dict[str, Any]] = Field(default_factory=list, sa_column=Column(JSONB, nullable=False))
    likelihood_from: dict[str, int] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    inherent_likelihood: int
    inherent_impact: int
    inherent_level: str
    computed_likelihood: int
    computed_impact: int
    computed_level: str
    override: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    current_likelihood: int
    current_impact: int
    current_level: str
    target_likelihood: int | None = None
    target_impact: int | None = None
    target_level: str | None = None
    level_rank: int
    appetite: str
    tolerance: str
    capacity: str
    standing: str
    within_appetite: bool
    reasons: list[str] = Field(sa_column=Column(ARRAY(Text), nullable=False))
    method_number: int
    rated_at: datetime = instant()
    assessment_id: UUID | None = None
    live_treatments: list[UUID] = Field(default_factory=list, sa_column=Column(ARRAY(Uuid), nullable=False))
    acceptance_id: UUID | None = None
    closed_at: datetime | None = instant(default=None)
    closed_by: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    close_reason: str | None = None
    close_note: str | None = None
    merged_into: UUID | None = None

    def control_ids(self) -> list[UUID]:
        """The controls that answer the risk, each once, in the order in which it names them."""
        return [UUID(control_id) for control_id in dict.fromkeys(answer["control_id"] for answer in self.controls)]

    @property
    def target(self) -> tuple[int, int] | None:
        """The target likelihood and impact, if there are any."""
        if self.target_likelihood is None or self.target_impact is None:
            return None
        return self.target_likelihood, self.target_impact


class AnsweredBy(Fact, table=True):
    """Where a control is found in `Risk.controls`: row-level security keeps PostgreSQL from an index into JSON."""

    __tablename__ = "risk_answers"

    risk_id: UUID = Field(primary_key=True)
    control_id: UUID = Field(primary_key=True)
