"""The verbs of an asset. Each changes its row and adds the event, in the caller's transaction."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col, select

from services.risk.assets.assets.models import Asset, AssetRelation, AssetStatus, RelationKind
from services.risk.assets.assets.queries import kinds_of, locations, still_resting_on
from services.risk.assets.assets.rules import ALLOWED, faults_of, leads_back, places_in
from services.risk.assets.assets.schemas import AssetDraft, AssetRevision, RelationDraft
from shared.clock import new_id
from shared.data.base import table_of
from shared.data.bulk import among, insert_rows
from shared.data.records import ANY_VERSION, lock_rows, locked, whole_organisation
from shared.data.sessions import organisation_of
from shared.events.catalogue.assets import AssetActivated, AssetRegistered, AssetRetired, AssetRevised
from shared.events.trail import announce
from shared.identity.callers import SYSTEM, Actor
from shared.people.duties import Handover
from shared.people.references import require_people, require_person
from shared.problems import CodeTaken, Conflict, Fault, Invalid, not_allowed

_SHOWN = 10


class AssetInUse(Conflict):
    """Other assets that are in use rest on this asset."""


async def register(session: AsyncSession, *, draft: AssetDraft, by: Actor, at: datetime) -> Asset:
    """Register an asset, proposed or already in use. `CodeTaken` when the organisation has one of that code."""
    owner_id = await require_person(session, draft.owner, "/owner")
    await _lock_places(session, draft.relations)
    if (await session.execute(select(Asset.id).where(Asset.code == draft.code))).first():
        raise CodeTaken(f"Another asset has the code {draft.code}.", faults=[Fault("/code", "taken")])
    asset = add(session, new_id(), draft, owner_id, by=by, at=at)
    await _relate(session, asset, draft.relations)
    return asset


def add(session: AsyncSession, key: UUID, draft: AssetDraft, owner_id: UUID, *, by: Actor, at: datetime) -> Asset:
    """Add the row of an asset that has been checked, without what relates it to others."""
    asset = Asset(
        **draft.model_dump(exclude={"owner", "relations"}),
        id=key,
        owner_id=owner_id,
        relations=[],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(asset)
    announce(session, AssetRegistered(**_event_fields(asset)), about=asset, by=by, at=at)
    return asset


async def revise(
    session: AsyncSession, asset_id: UUID, *, revision: AssetRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change an asset that is not retired."""
    owners = await require_people(session, {"/owner": revision.owner})
    await _lock_places(session, revision.relations or ())
    asset = await locked(session, Asset, asset_id, noun="asset", expected=expected)
    _require(asset, "revise")
    for name, value in revision.model_dump(exclude={"owner", "relations"}, exclude_none=True).items():
        setattr(asset, name, value)
    for owner in owners.values():
        asset.owner_id = owner.id
    if revision.relations is not None:
        await _relate(session, asset, revision.relations)
    announce(session, AssetRevised(**_event_fields(asset)), about=asset, by=by, at=at)


async def _relate(session: AsyncSession, asset: Asset, relations: Sequence[RelationDraft]) -> None:
    """Relate an asset to others. `Invalid` names relations that cannot be."""
    faults = faults_of(asset.id, relations, await kinds_of(session, {each.asset_id for each in relations}))
    if not faults and any(each.kind == RelationKind.LOCATED_IN for each in relations):
        places = await locations(session) | {asset.id: places_in(relations)}
        if leads_back(asset.id, places):
            faults = [Fault("/relations", "The asset would be located in itself.")]
    if faults:
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)
    await set_relations(session, [(asset, relations)])


async def set_relations(session: AsyncSession, related: Sequence[tuple[Asset, Sequence[RelationDraft]]]) -> None:
    """Set what relates assets to others, which has been checked."""
    for asset, relations in related:
        asset.relations = [each.model_dump(mode="json") for each in relations]
    ids = [asset.id for asset, _ in related]
    await session.execute(delete(AssetRelation).where(among(table_of(AssetRelation).c.asset_id, ids)))
    rows = [
        {"org_id": asset.org_id, "asset_id": asset.id, "kind": each.kind.value, "other_id": each.asset_id}
        for asset, relations in related
        for each in relations
    ]
    await insert_rows(session, table_of(AssetRelation), rows)


async def activate(session: AsyncSession, asset_id: UUID, *, by: Actor, at: datetime) -> None:
    """Proposed → active."""
    asset = await locked(session, Asset, asset_id, noun="asset", expected=ANY_VERSION)
    _require(asset, "activate")
    asset.status = AssetStatus.ACTIVE
    announce(session, AssetActivated(**_event_fields(asset)), about=asset, by=by, at=at)


async def retire(session: AsyncSession, asset_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Proposed or active → retired, for good. `AssetInUse` while an active asset rests on it."""
    await whole_organisation(session)
    asset = await locked(session, Asset, asset_id, noun="asset", expected=ANY_VERSION)
    _require(asset, "retire")
    if resting := await still_resting_on(session, asset_id):
        more = f" and {len(resting) - _SHOWN} more" if len(resting) > _SHOWN else ""
        raise AssetInUse(f"{', '.join(resting[:_SHOWN])}{more} rest on it; retire or move them first.")
    asset.status, asset.retired_because = AssetStatus.RETIRED, reason
    announce(session, AssetRetired(**_event_fields(asset)), about=asset, by=by, at=at, reason=reason)


async def hand_over(session: AsyncSession, handover: Handover) -> None:
    """Give a person's assets to another."""
    live = col(Asset.status) != AssetStatus.RETIRED
    owned = select(Asset).where(Asset.owner_id == handover.from_person, live).order_by(col(Asset.id))
    for asset in await lock_rows(session, owned):
        asset.owner_id = handover.to_person
        event = AssetRevised(**_event_fields(asset))
        announce(session, event, about=asset, by=SYSTEM, at=handover.at, reason=handover.reason)


async def _lock_places(session: AsyncSession, relations: Sequence[RelationDraft]) -> None:
    """Let nobody else relate or retire assets meanwhile: two halves of a cycle would not see each other."""
    if relations:
        await whole_organisation(session)


def _require(asset: Asset, verb: str) -> None:
    allowed = ALLOWED[AssetStatus(asset.status)]
    if verb not in allowed:
        raise not_allowed(verb, asset.status, allowed)


def _event_fields(asset: Asset) -> dict[str, Any]:
    names = ("code", "title", "kind", "classification", "personal_data", "status", "control_ids")
    return {name: getattr(asset, name) for name in names}
