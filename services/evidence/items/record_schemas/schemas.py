from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from services.evidence.items.items.schemas import storable
from services.evidence.items.record_schemas.rules import compiled
from shared.http.fields import Code, Input, Title


def usable(document: dict[str, Any]) -> dict[str, Any]:
    """The document, if it is a schema that stands by itself."""
    compiled(document)
    return document


class RecordSchemaDraft(Input):
    """A JSON Schema for records. With the code of another it is its next number; the other stays as it is."""

    code: Code = Field(examples=["mfa-report"])
    title: Title = Field(examples=["Report of accounts without a second factor"])
    document: Annotated[dict[str, Any], AfterValidator(storable), AfterValidator(usable)] = Field(
        description="JSON Schema of up to 64 KiB; a `$ref` leads into itself only",
        examples=[{"type": "object", "required": ["users"], "properties": {"users": {"type": "array", "items": {}}}}],
    )


class RecordSchemaOut(BaseModel):
    id: UUID
    code: str
    number: int = Field(description="Counts the schemas of this code, from 1")
    title: str
    document: dict[str, Any]
    version: int
    created_at: datetime
    updated_at: datetime
