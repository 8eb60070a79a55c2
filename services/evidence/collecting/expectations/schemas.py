from datetime import date, datetime, time
from functools import cache
from typing import Annotated
from uuid import UUID
from zoneinfo import available_timezones

from pydantic import BaseModel, Field, StringConstraints, ValidationInfo, field_validator

from services.evidence.collecting.expectations import rules
from services.evidence.collecting.expectations.models import EvidenceKind, ExpectationStatus
from shared.http.fields import Day, Input, NamedPerson, PersonRef, Prose, Title

FreshnessDays = Annotated[
    int, Field(ge=0, le=3650, description="Days of 24 hours after the end of the covered period that evidence counts")
]
ExpiringDays = Annotated[
    int, Field(ge=0, le=365, description="Days of 24 hours before its end that evidence is announced as expiring")
]
Kind = Annotated[EvidenceKind, Field(description="What is asked for; the reviewer judges whether another kind will do")]
RecordSchemaId = Annotated[UUID | None, Field(description="The schema that records handed in for it have to fit")]
ResultSource = Annotated[
    Title | None,
    Field(
        examples=["nightly: openscap"],
        description="The name that result files are sent under. What each file comes to is handed in as a record of"
        " evidence for this expectation, by the client that sent it, and waits for review as any other evidence",
    ),
]
OWNERS = frozenset({"owner", "backup_owner"})
BackupOwner = Annotated[PersonRef | None, Field(description="Who is asked besides the owner")]


@cache
def _zones() -> frozenset[str]:
    """Finding them reads many files."""
    return frozenset(available_timezones())


class CadenceDraft(Input):
    """How often evidence is collected, and when it is due: all by the calendar and the clock of one time zone.

    Each date that the rule gives ends the period that the evidence is about, at midnight; the period begins at the date
    before. The next date follows from the one intended, never from the day on which evidence came.
    """

    starts_on: Day = Field(
        description="Where the rule begins: its first date is the first on or after this",
        examples=["2026-04-01"],
    )
    rule: Annotated[str, StringConstraints(max_length=200, to_upper=True)] = Field(
        description="RFC 5545 recurrence rule of days, without DTSTART",
        examples=["FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=1"],
    )
    due_days: int = Field(default=0, ge=0, le=366, description="Days after that date until the evidence is due")
    due_time: time = Field(default=time(17), description="Time of day, without offset, until which it is due")
    lead_days: int = Field(default=7, ge=0, le=366, description="Days before it is due that it is asked for")
    grace_days: int = Field(default=0, ge=0, le=366, description="Days after it was due until it is overdue")
    time_zone: str = Field(
        default="UTC", max_length=64, description="Name in the IANA time zone database", examples=["Europe/Berlin"]
    )

    @field_validator("rule", mode="after")
    @classmethod
    def _gives_dates(cls, value: str, info: ValidationInfo) -> str:
        starts_on = info.data.get("starts_on")
        if starts_on is not None and (fault := rules.fault_of(value, starts_on)):
            raise ValueError(fault)
        return value

    @field_validator("due_time", mode="after")
    @classmethod
    def _is_local(cls, value: time) -> time:
        if value.tzinfo is not None:
            raise ValueError("has an offset, which the time zone gives")
        return value.replace(microsecond=0)

    @field_validator("time_zone", mode="after")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in _zones():
            raise ValueError("not a name in the IANA time zone database")
        return value

    def cadence(self) -> rules.Cadence:
        """As the rules take it."""
        return rules.Cadence(**self.model_dump())


class CadenceOut(BaseModel):
    """How often evidence is collected, and when it is due."""

    rule: str
    starts_on: date
    due_days: int
    due_time: time
    lead_days: int
    grace_days: int
    time_zone: str


class ExpectationDraft(Input):
    """What a control needs as proof."""

    control_id: UUID = Field(description="A control of the controls service")
    title: Title = Field(examples=["Access review"])
    description: Prose = Field(examples=["The signed review of the quarter, exported from the identity provider."])
    kind: Kind
    freshness_days: FreshnessDays = Field(examples=[90])
    expiring_days: ExpiringDays = Field(examples=[14])
    owner: PersonRef
    backup_owner: BackupOwner = None
    record_schema_id: RecordSchemaId = None
    result_source: ResultSource = None
    cadence: CadenceDraft | None = Field(
        default=None, description="Without one, evidence is handed in when it is there"
    )


class ExpectationOut(BaseModel):
    id: UUID
    control_id: UUID
    title: str
    description: str
    kind: EvidenceKind
    freshness_days: int
    expiring_days: int
    owner: NamedPerson
    backup_owner: NamedPerson | None
    record_schema_id: UUID | None
    result_source: str | None = Field(description="Result files that are sent under this name are handed in for it")
    cadence: CadenceOut | None
    next_on: date | None = Field(description="The date of the cadence whose collection is opened next")
    status: ExpectationStatus
    version: int
    created_at: datetime
    updated_at: datetime
