import json
import math
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from shared.http.fields import Code, Input, Title

_LARGEST_RECORD = 64 * 1024
_DEEPEST_RECORD = 32


def _check(value: Any, *, depth: int) -> None:
    if depth > _DEEPEST_RECORD:
        raise ValueError(f"nested deeper than {_DEEPEST_RECORD}")
    if isinstance(value, str) and ("\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)):
        raise ValueError("has text with NUL or half of a surrogate pair")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError("has a number that JSON does not have")
    members = [*value.keys(), *value.values()] if isinstance(value, dict) else value if isinstance(value, list) else ()
    for member in members:
        _check(member, depth=depth + 1)


def storable(record: dict[str, Any]) -> dict[str, Any]:
    """The record, if PostgreSQL can hold it as it is; ValueError says what is wrong with it."""
    _check(record, depth=1)
    if len(json.dumps(record, ensure_ascii=False).encode()) > _LARGEST_RECORD:
        raise ValueError(f"larger than {_LARGEST_RECORD} bytes")
    return record


class RecordSchemaDraft(Input):
    """A JSON Schema for records. With the code of another it is its next number; the other stays as it is."""

    code: Code = Field(examples=["mfa-report"])
    title: Title = Field(examples=["Report of accounts without a second factor"])
    document: Annotated[dict[str, Any], AfterValidator(storable)] = Field(
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
