from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.assets.assets.models import Asset
from services.risk.register.asset_exposures.schemas import (
    MOST_RISKS,
    AssetExposureOut,
    AssetRisk,
    NamingEngagement,
    NamingProgramme,
    ProtectingControl,
)
from services.risk.register.known_controls.models import KnownControl
from services.risk.register.known_engagements.models import KnownEngagement
from services.risk.register.known_programmes.models import KnownProgramme
from services.risk.register.risks.models import Risk
from services.risk.register.risks.schemas import RatingOut
from shared.data.base import table_of
from shared.data.bulk import among
from shared.data.records import found
from shared.events.catalogue.risk import RiskStatus
from shared.problems import NotFound

_R = table_of(Risk).c
_K = table_of(KnownControl).c
_P = table_of(KnownProgramme).c
_E = table_of(KnownEngagement).c


async def asset_exposure(session: AsyncSession, asset_id: UUID) -> AssetExposureOut:
    """The controls that protect an asset, its risks that are not closed, and the scopes it is in. `NotFound`."""
    asset = await found(session, Asset, asset_id)
    if asset is None:
        raise NotFound(f"There is no asset {asset_id}.")
    about = (any_(_R.asset_ids) == asset_id, _R.status != RiskStatus.CLOSED.value)
    counted = select(func.count(), func.count().filter(_R.within_appetite.is_(False))).where(*about)
    risks, above = (await session.execute(counted)).one()
    return AssetExposureOut(
        asset_id=asset_id,
        controls=await _controls(session, asset.control_ids),
        programmes=await _programmes(session, asset_id),
        engagements=await _engagements(session, asset_id),
        risks=risks,
        above_appetite=above,
        items=[
            AssetRisk(
                id=row.id,
                code=row.code,
                title=row.title,
                status=row.status,
                current=RatingOut(
                    likelihood=row.current_likelihood, impact=row.current_impact, level=row.current_level
                ),
                standing=row.standing,
                treatment=row.treatment,
            )
            for row in await session.execute(
                select(table_of(Risk)).where(*about).order_by(_R.level_rank.desc(), _R.code, _R.id).limit(MOST_RISKS)
            )
        ],
    )


async def _programmes(session: AsyncSession, asset_id: UUID) -> list[NamingProgramme]:
    query = select(table_of(KnownProgramme)).where(any_(_P.asset_ids) == asset_id).order_by(_P.title, _P.id)
    return [
        NamingProgramme(id=row.id, title=row.title, report_type=row.report_type, ended=row.ended_version > 0)
        for row in await session.execute(query)
    ]


async def _engagements(session: AsyncSession, asset_id: UUID) -> list[NamingEngagement]:
    query = select(table_of(KnownEngagement)).where(any_(_E.asset_ids) == asset_id).order_by(_E.title, _E.id)
    return [
        NamingEngagement(id=row.id, title=row.title, kind=row.kind, phase=row.phase)
        for row in await session.execute(query)
    ]


async def _controls(session: AsyncSession, ids: Sequence[UUID]) -> list[ProtectingControl]:
    known = {row.id: row for row in await session.execute(select(table_of(KnownControl)).where(among(_K.id, ids)))}
    return [
        ProtectingControl(
            control_id=key,
            known=key in known,
            code=known[key].code if key in known else None,
            title=known[key].title if key in known else None,
            health=known[key].health if key in known else None,
            retired=known[key].retired if key in known else None,
        )
        for key in ids
    ]
