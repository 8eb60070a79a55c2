from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.organisations.organisations.schemas import Credentials, FirstAdministrator
from shared.events.catalogue.firms import FirmKind
from shared.http.fields import Input, NamedPerson, Title


class FirmFounding(Input):
    """An audit firm that was invited, as it founds itself."""

    secret: str = Field(min_length=1, max_length=200, examples=["attest_…"], description="As the client gave it")
    title: Title = Field(examples=["Hale & Partners LLP"])
    kind: FirmKind = Field(description="It stays what it is founded as")
    administrator: FirstAdministrator


class FirmFoundedOut(BaseModel):
    """The organisation of the firm, its first administrator, and their API client."""

    firm_id: UUID = Field(description="That of its organisation")
    title: str
    kind: FirmKind
    administrator: NamedPerson
    admin: Credentials
