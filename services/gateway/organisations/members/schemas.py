from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints, model_validator

from services.gateway.access.issuers.schemas import Name, WebAddress
from services.gateway.organisations.members.models import MemberStatus
from services.gateway.roles import Roles
from shared.http.fields import Input, Instant
from shared.identity.permissions import Role

Email = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,
        pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$",
    ),
]


class MemberDraft(Input):
    """A person who is to act in the organisation; they sign in with a trusted issuer's token."""

    email: Email = Field(examples=["dana@example.com"])
    roles: Roles
    ends_at: Instant | None = Field(default=None, description="When the membership ends; an auditor's always does")
    issuer: WebAddress | None = Field(
        default=None,
        examples=["https://login.example.com"],
        description="With `subject`: only this identity is the member",
    )
    subject: Name | None = Field(default=None, examples=["00u1a2b3c4"], description="The `sub` of the issuer's tokens")

    @model_validator(mode="after")
    def _is_tied_to_both_or_none(self) -> "MemberDraft":
        if (self.issuer is None) != (self.subject is None):
            raise ValueError("issuer and subject go together")
        return self


class MemberRevision(Input):
    """What to change; members left out stay as they are. `ends_at: null` takes the end away."""

    roles: Roles | None = None
    ends_at: Instant | None = None


class MemberOut(BaseModel):
    id: UUID
    email: str
    issuer: str | None
    subject: str | None
    roles: list[Role]
    ends_at: datetime | None
    status: MemberStatus
    version: int
    created_at: datetime
    updated_at: datetime
