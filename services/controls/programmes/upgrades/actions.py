"""The verbs of an upgrade: look at it beforehand, do it, roll it back."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.controls.frameworks.differences.queries import Pinnable, pinnable
from services.controls.frameworks.requirements.queries import entries_of
from services.controls.programmes.programmes.actions import locked_programme
from services.controls.programmes.programmes.models import Programme
from services.controls.programmes.programmes.rules import chosen
from services.controls.programmes.upgrades.models import Upgrade, UpgradeEffect, UpgradeStatus
from services.controls.programmes.upgrades.queries import mappings_to
from services.controls.programmes.upgrades.rules import counts_of, effect_of, scope
from services.controls.programmes.upgrades.schemas import UpgradeCounts, UpgradeDraft, UpgradePreview
from shared.data.records import found, locked, one_at_a_time
from shared.data.sessions import organisation_of
from shared.events.catalogue.frameworks import (
    ProgrammeRolledBack,
    ProgrammeUpgraded,
    UpgradeDone,
    UpgradeRolledBack,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed


class AlreadyPinned(Conflict):
    """The programme already has this version and these categories."""


class ProgrammeMovedOn(Conflict):
    """The programme was changed after the upgrade."""


async def preview(session: AsyncSession, programme_id: UUID, *, draft: UpgradeDraft) -> UpgradePreview:
    """What an upgrade would do; changes nothing."""
    programme = await found(session, Programme, programme_id)
    if programme is None:
        raise NotFound(f"There is no programme {programme_id}.")
    return await _moved(session, programme, draft, at="query/")


async def upgrade(
    session: AsyncSession, programme_id: UUID, *, draft: UpgradeDraft, by: Actor, at: datetime
) -> Upgrade:
    """Pin another version. Mappings stay as they are; which of them count follows from the version."""
    if wanted := await pinnable(session, draft.framework_version_id):
        await one_at_a_time(session, wanted.framework_id)  # or the version could be withdrawn meanwhile
    programme = await locked_programme(session, programme_id, "upgrade")
    move = await _moved(session, programme, draft, at="/")
    upgrade = Upgrade(
        **move.model_dump(exclude={"framework", "from_version", "to_version", "effect"}),
        upgraded_by=by.recorded,
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    programme.framework_version_id = move.to_version_id
    programme.categories = move.categories_after
    programme.requirements_in_scope = move.in_scope_after
    labels = _Labels(move.framework, move.from_version, move.to_version)
    happened = ProgrammeUpgraded(**labels.event_fields(), requirements_in_scope=move.in_scope_after)
    announce(session, happened, about=programme, by=by, at=at)
    event = UpgradeDone(**_event_fields(upgrade, labels), requirements_in_scope=move.in_scope_after)
    session.add(upgrade)
    announce(session, event, about=upgrade, by=by, at=at)
    await session.flush()  # the effect refers to the upgrade
    session.add(UpgradeEffect(upgrade_id=upgrade.id, org_id=upgrade.org_id, effect=move.effect.model_dump(mode="json")))
    return upgrade


async def roll_back(session: AsyncSession, upgrade_id: UUID, *, by: Actor, at: datetime) -> None:
    """Done → rolled back: the programme is at the version, categories and scope that it had before."""
    seen = await found(session, Upgrade, upgrade_id)
    if seen is None:
        raise NotFound(f"There is no upgrade {upgrade_id}.")
    programme = await locked_programme(session, seen.programme_id, "roll an upgrade back")
    upgrade = await locked(session, Upgrade, upgrade_id, noun="upgrade")
    if upgrade.status != UpgradeStatus.DONE:
        raise not_allowed("roll back", upgrade.status, [])
    left = upgrade.to_version_id, upgrade.categories_after
    if (programme.framework_version_id, programme.categories) != left:
        raise ProgrammeMovedOn(
            "It was upgraded, rolled back or given other categories after this upgrade; undo that first."
        )
    programme.framework_version_id = upgrade.from_version_id
    programme.categories = upgrade.categories_before
    programme.requirements_in_scope = upgrade.in_scope_before
    upgrade.status, upgrade.rolled_back_at, upgrade.rolled_back_by = UpgradeStatus.ROLLED_BACK, at, by.recorded
    labels = await _labels(session, upgrade)
    happened = ProgrammeRolledBack(**labels.event_fields(), requirements_in_scope=upgrade.in_scope_before)
    announce(session, happened, about=programme, by=by, at=at)
    event = UpgradeRolledBack(**_event_fields(upgrade, labels), requirements_in_scope=upgrade.in_scope_before)
    announce(session, event, about=upgrade, by=by, at=at)


@dataclass(frozen=True, slots=True)
class _Labels:
    """What the versions are called."""

    framework: str
    before: str
    after: str

    def event_fields(self) -> dict[str, str]:
        return {"framework": self.framework, "from_version": self.before, "to_version": self.after}


async def _moved(session: AsyncSession, programme: Programme, draft: UpgradeDraft, *, at: str) -> UpgradePreview:
    """The move that a draft asks for; `at` begins the pointers to its members."""
    before = await pinnable(session, programme.framework_version_id)
    assert before is not None, "what is pinned is never withdrawn"
    after = await pinnable(session, draft.framework_version_id)
    if after is None or after.framework_id != before.framework_id:
        raise _invalid(f"{at}framework_version_id", f"there is no such version of {before.framework}")
    wanted = programme.categories if draft.categories is None else draft.categories
    categories = _chosen(wanted, after, f"{at}categories")
    if after.version_id == before.version_id:
        raise AlreadyPinned(f"The programme is at {before.framework} {before.label}.")
    old = scope(await entries_of(session, before.version_id), programme.categories)
    new = scope(await entries_of(session, after.version_id), categories)
    effect = effect_of(old, new, await mappings_to(session, before.framework))
    return UpgradePreview(
        programme_id=programme.id,
        framework=before.framework,
        from_version=before.label,
        from_version_id=before.version_id,
        to_version=after.label,
        to_version_id=after.version_id,
        categories_before=programme.categories,
        categories_after=categories,
        in_scope_before=programme.requirements_in_scope,
        in_scope_after=len(new),
        counts=counts_of(effect, len(new)),
        effect=effect,
    )


def _chosen(categories: list[str], after: Pinnable, pointer: str) -> list[str]:
    try:
        return chosen(categories, after.categories)
    except ValueError as wrong:
        raise _invalid(pointer, str(wrong)) from wrong


async def _labels(session: AsyncSession, upgrade: Upgrade) -> _Labels:
    before = await pinnable(session, upgrade.from_version_id)
    after = await pinnable(session, upgrade.to_version_id)
    assert before is not None
    assert after is not None
    return _Labels(before.framework, before.label, after.label)


def _event_fields(upgrade: Upgrade, labels: _Labels) -> dict[str, Any]:
    counts = UpgradeCounts.model_validate(upgrade.counts)
    return {**labels.event_fields(), "programme_id": upgrade.programme_id, **counts.model_dump()}


def _invalid(pointer: str, detail: str) -> Invalid:
    return Invalid(f"The programme cannot be moved there: {detail}.", faults=[Fault(pointer, detail)])
