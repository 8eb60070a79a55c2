import base64
import binascii
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field, StringConstraints

from shared.http.fields import ActedBy, Input, LongProse, Prose, Title

_LARGEST = 900_000  # characters of base64, so that the body stays within a megabyte


def _is_base64(text: str) -> str:
    try:
        base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise ValueError("not base64") from wrong
    return text


class Attachment(Input):
    """A document of up to 675,000 bytes that is added."""

    name: Annotated[str, StringConstraints(pattern=r"^[\w][\w .,()+-]{0,119}$"), Field(examples=["confirmation.pdf"])]
    media_type: Annotated[
        str, StringConstraints(pattern=r"^[a-z]+/[a-zA-Z0-9.+-]{1,100}$"), Field(examples=["application/pdf"])
    ]
    content: Annotated[
        str,
        StringConstraints(max_length=_LARGEST, min_length=4),
        AfterValidator(_is_base64),
        Field(description="The bytes in base64", examples=["SGVsbG8="]),
    ]


class FileAdditionDraft(Input):
    """What is added after the file was complete, and why it had to be."""

    title: Title = Field(examples=["Confirmation of the subservice organization"])
    text: LongProse = Field(examples=["The confirmation that was asked for on June 2 came in on September 9."])
    reason: Prose = Field(examples=["It existed at the date of the report, and was delivered later."])
    attachment: Attachment | None = None


class AttachedOut(BaseModel):
    name: str
    media_type: str
    size: int = Field(description="In bytes")
    sha256: str


class FileAdditionOut(BaseModel):
    id: UUID
    engagement_id: UUID
    file_id: UUID
    number: int = Field(description="Counts the additions to the file, from 1")
    title: str
    text: str
    reason: str
    attachment: AttachedOut | None
    sha256: str = Field(description="Of the addition as it is signed, without the signature, hexadecimal")
    added_by: ActedBy
    version: int
    created_at: datetime
    updated_at: datetime


class SignedAddition(BaseModel):
    """An addition with the signature over the rest of it; `attest verify` checks it offline."""

    format: str
    addition_id: UUID
    engagement_id: UUID
    file_id: UUID
    file_sha256: str
    firm_id: UUID
    number: int
    title: str
    text: str
    reason: str
    attachment: dict[str, Any] | None
    added_by: dict[str, Any]
    added_at: str
    signature: dict[str, str]
