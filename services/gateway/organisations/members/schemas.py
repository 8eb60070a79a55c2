from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from services.gateway.access.issuers.schemas import Name, WebAddress
from services.gateway.organisations.members.models import MemberStatus
from services.gateway.people.people.schemas import PersonDraft
from services.gateway.roles import Roles
from shared.http.fields import Input, Instant, NamedPerson, PersonRef
from shared.identity.roles import Role


class MemberDraft(Input):
    """A person who is to act in the organisation; they sign in with a trusted issuer's token."""

    person: PersonRef | None = Field(default=None, description="Someone in the directory, by id or e-mail address")
    new_person: PersonDraft | None = Field(default=None, description="Or someone who is put there by this")
    roles: Roles
    ends_at: Instant | None = Field(default=None, description="When the membership ends, if it does")
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
        if (self.person is None) == (self.new_person is None):
            raise ValueError("either person or new_person")
        return self


class MemberBatch(Input):
    """Up to 1,000 people who are to act: all of them, or none when one is refused."""

    members: list[MemberDraft] = Field(min_length=1, max_length=1000)


class AddedMember(BaseModel):
    """A new member, and the person who they are."""

    id: UUID
    person_id: UUID


class MemberBatchOut(BaseModel):
    members: list[AddedMember] = Field(description="In the order of the batch")


class MemberRevision(Input):
    """What to change; members left out stay as they are. `ends_at: null` takes the end away."""

    roles: Roles | None = None
    ends_at: Instant | None = None


class MemberOut(BaseModel):
    id: UUID
    person: NamedPerson
    issuer: str | None
    subject: str | None
    roles: list[Role]
    ends_at: datetime | None
    status: MemberStatus
    version: int
    created_at: datetime
    updated_at: datetime
