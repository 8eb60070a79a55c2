from pydantic import Field

from shared.http.fields import Input, PersonRef


class OwnerSetting(Input):
    """Who answers for the request on the client's side."""

    owner: PersonRef | None = Field(description="A person of the client; null for nobody")
