from uuid import UUID

from pydantic import BaseModel, Field


class ToldRequirement(BaseModel):
    """A requirement that only one of the versions has."""

    ref: str = Field(examples=["CC6.1"])
    title: str
    assessed: bool = Field(description="False for headings and for what was withdrawn")


class RequirementChange(BaseModel):
    """One member of a requirement, before and after."""

    member: str = Field(examples=["text"])
    old: str | bool | list[str] | None
    new: str | bool | list[str] | None


class ChangedRequirement(BaseModel):
    """A requirement of both versions that is not the same in both; its title is that of the later."""

    ref: str = Field(examples=["CC6.1"])
    title: str
    changes: list[RequirementChange]


class DifferencesOut(BaseModel):
    """What one has to look at who goes from one version of a framework to another."""

    framework: str = Field(examples=["payroll"])
    from_version_id: UUID
    from_version: str = Field(examples=["2025"])
    to_version_id: UUID
    to_version: str = Field(examples=["2026"])
    added: list[ToldRequirement]
    removed: list[ToldRequirement]
    changed: list[ChangedRequirement]
    unchanged: int = Field(description="How many are the same in both")
