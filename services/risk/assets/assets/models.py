from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from services.risk.base import Base, Fact


class AssetKind(StrEnum):
    """What an asset is."""

    SERVICE = "service"
    APPLICATION = "application"
    INFRASTRUCTURE = "infrastructure"
    NETWORK = "network"
    DEVICE = "device"
    DATA = "data"
    LOCATION = "location"
    PROCESS = "process"
    PEOPLE = "people"
    ORGANISATION = "organisation"


class AssetClassification(StrEnum):
    """How far what an asset holds may spread, from the widest to the narrowest circle."""

    PUBLIC = "public"
    INTERNAL = "internal"
    CONFIDENTIAL = "confidential"
    RESTRICTED = "restricted"


class AssetStatus(StrEnum):
    """proposed → active → retired; a proposed one may be retired as well."""

    PROPOSED = "proposed"
    ACTIVE = "active"
    RETIRED = "retired"


class RelationKind(StrEnum):
    """What an asset is to another: it depends on it, hosts it, processes it, is owned by it or is located in it."""

    DEPENDS_ON = "depends_on"
    HOSTS = "hosts"
    PROCESSES = "processes"
    OWNED_BY = "owned_by"
    LOCATED_IN = "located_in"


class Asset(Base, table=True):
    """An asset. `relations` are those that it names itself; `control_ids` are the controls that protect it."""

    __tablename__ = "assets"

    code: str
    title: str
    kind: str
    description: str | None = None
    owner_id: UUID
    classification: str
    personal_data: bool
    relations: list[dict[str, Any]] = Field(sa_column=Column(JSONB, nullable=False))
    control_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    status: str
    retired_because: str | None = None


class AssetRelation(Fact, table=True):
    """Where a relation is found from either end: row-level security keeps PostgreSQL from an index into JSON."""

    __tablename__ = "asset_relations"

    asset_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    other_id: UUID = Field(primary_key=True)
