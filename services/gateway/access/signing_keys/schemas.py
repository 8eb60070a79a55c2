from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from services.gateway.access.signing_keys.models import KeyState


class SigningKeyOut(BaseModel):
    id: UUID = Field(description="The `kid` of the tokens it signs")
    state: KeyState
    public_jwk: dict[str, Any] = Field(description="RFC 7517, RFC 8037")
    published_until: datetime | None = Field(description="Null while it signs")
    version: int
    created_at: datetime
    updated_at: datetime
