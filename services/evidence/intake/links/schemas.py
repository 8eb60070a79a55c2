from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from shared.http.fields import Input
from shared.withdrawals import LONGEST_RELIANCE

LONGEST = LONGEST_RELIANCE.seconds


class LinkDraft(Input):
    """For how long the link is to work."""

    seconds: int = Field(default=LONGEST, ge=1, le=LONGEST, description="At most fifteen minutes")


class LinkOut(BaseModel):
    """A link to a file. Whoever has the address can download it, without a token, until it expires."""

    id: UUID
    file_id: UUID
    path: str = Field(description="At this installation's address; shown once", examples=["/v1/file-links/AZ3f…"])
    expires_at: datetime = Field(
        description="Earlier, if the file is quarantined, disposed of or scanned meanwhile, or the issuer is removed or"
        " given other roles"
    )
