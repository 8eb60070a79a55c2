"""The verbs of a version of the system description. Its engagement is held before it, where both are needed."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.description.described_engagements.actions import described_engagement
from services.audit.description.description_contents.rules import digest_of, lacks
from services.audit.description.description_contents.schemas import LackCode
from services.audit.description.description_parts.models import DescriptionPart
from services.audit.description.description_parts.rules import faults_of
from services.audit.description.system_descriptions.models import (
    ApprovedContent,
    DescriptionStatus,
    SystemDescription,
)
from services.audit.description.system_descriptions.queries import content_now, versions_of
from services.audit.description.system_descriptions.schemas import DescriptionWords
from services.audit.engagements.engagements.models import Engagement, EngagementKind
from shared.data.base import table_of
from shared.data.bulk import insert_rows
from shared.data.records import ANY_VERSION, found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.descriptions import (
    SystemDescriptionApproved,
    SystemDescriptionDrafted,
    SystemDescriptionRevised,
    SystemDescriptionSuperseded,
)
from shared.events.trail import announce
from shared.identity.callers import Actor, keep_apart, person_of
from shared.problems import Conflict, Fault, Invalid, NotFound, not_allowed

_NOUN = "system description"
_MAY_BE_LATE = frozenset({LackCode.NO_SERVICE_COMMITMENT, LackCode.NO_SYSTEM_REQUIREMENT, LackCode.UNKNOWN_CONTROL})


class DescriptionOnItsWay(Conflict):
    """The engagement already has a draft of its system description."""


class DescriptionChanged(Conflict):
    """The system description is not the one that was read."""


class DescriptionIncomplete(Invalid):
    """The system description is not complete."""


async def draft(
    session: AsyncSession, engagement_id: UUID, *, words: DescriptionWords, by: Actor, at: datetime
) -> SystemDescription:
    """Begin the next version with the words of the last one. `DescriptionOnItsWay` while there is a draft."""
    engagement = await described_engagement(session, engagement_id, f"draft a {_NOUN}")
    before = next(iter(await versions_of(session, engagement_id)), None)
    if before is not None and before.status == DescriptionStatus.DRAFT:
        raise DescriptionOnItsWay(f"Version {before.number} is not approved yet; revise that one.")
    description = SystemDescription(
        engagement_id=engagement_id,
        number=before.number + 1 if before else 1,
        texts=before.texts if before else {},
        none_of=before.none_of if before else [],
        criteria_not_relevant=before.criteria_not_relevant if before else [],
        authors=[by.recorded],
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    _write(engagement, description, words)
    session.add(description)
    announce(session, SystemDescriptionDrafted(**_event_fields(description)), about=description, by=by, at=at)
    return description


async def revise(
    session: AsyncSession, description_id: UUID, *, words: DescriptionWords, expected: int, by: Actor, at: datetime
) -> None:
    """Change the words of a draft. Whoever does is one of its authors from now on."""
    engagement, description = await _draft(session, description_id, "revise", expected)
    _write(engagement, description, words)
    if by.person not in {person_of(author) for author in description.authors}:
        description.authors = [*description.authors, by.recorded]
    announce(session, SystemDescriptionRevised(**_event_fields(description)), about=description, by=by, at=at)


async def approve(session: AsyncSession, description_id: UUID, *, sha256: str, by: Actor, at: datetime) -> None:
    """Draft → approved as it was read, by someone who is none of its authors; the one approved before is superseded.

    What is named is kept as it is at this instant. `DescriptionIncomplete` names all that is missing,
    `DescriptionChanged` when it is not what was read.
    """
    engagement, description = await _draft(session, description_id, "approve", ANY_VERSION)
    for author in description.authors:
        keep_apart("An author of a system description cannot approve it", first=author, second=by)
    content = await content_now(session, engagement, description)
    if missing := lacks(content, has_programme=engagement.programme_id is not None):
        faults = [Fault(f"/parts/{lack.part}", lack.text) for lack in missing]
        late = any(lack.code in _MAY_BE_LATE for lack in missing)
        raise DescriptionIncomplete("The description cannot be approved yet.", faults=faults, may_be_late=late)
    if (digest := digest_of(content)) != sha256:
        raise DescriptionChanged("The description or what it names changed; read it again.")
    for before in await versions_of(session, engagement.id):
        if before.status == DescriptionStatus.APPROVED:
            await _supersede(session, before, by=by, at=at)
    description.status, description.approver, description.approved_at = DescriptionStatus.APPROVED, by.recorded, at
    description.sha256 = digest
    kept = {"description_id": description.id, "content": content.model_dump(mode="json")}
    await insert_rows(session, table_of(ApprovedContent), [{"org_id": description.org_id, **kept}])
    announce(session, SystemDescriptionApproved(**_event_fields(description)), about=description, by=by, at=at)


async def _supersede(session: AsyncSession, before: SystemDescription, *, by: Actor, at: datetime) -> None:
    superseded = await locked(session, SystemDescription, before.id, noun=_NOUN)
    superseded.status = DescriptionStatus.SUPERSEDED
    announce(session, SystemDescriptionSuperseded(**_event_fields(superseded)), about=superseded, by=by, at=at)
    await session.flush()  # only one version is approved


async def _draft(
    session: AsyncSession, description_id: UUID, verb: str, expected: int
) -> tuple[Engagement, SystemDescription]:
    """The draft, locked after its engagement."""
    seen = await found(session, SystemDescription, description_id)
    if seen is None:
        raise NotFound(f"There is no {_NOUN} {description_id}.")
    engagement = await described_engagement(session, seen.engagement_id, f"{verb} a {_NOUN}")
    description = await locked(session, SystemDescription, description_id, noun=_NOUN, expected=expected)
    if description.status != DescriptionStatus.DRAFT:
        raise not_allowed(verb, description.status, [])
    return engagement, description


def _write(engagement: Engagement, description: SystemDescription, words: DescriptionWords) -> None:
    texts = {**description.texts, **{str(part): text for part, text in words.parts.items()}}
    description.texts = {part: text for part, text in texts.items() if text is not None}
    if words.none_of is not None:
        description.none_of = [str(part) for part in dict.fromkeys(words.none_of)]
    if words.criteria_not_relevant is not None:
        description.criteria_not_relevant = [entry.model_dump(mode="json") for entry in words.criteria_not_relevant]
    faults = faults_of(
        EngagementKind(engagement.kind),
        written=_parts(description.texts),
        none_of=_parts(description.none_of),
        has_criteria=bool(description.criteria_not_relevant),
    )
    if wrong := list(faults):
        raise Invalid("The description of this engagement does not have these parts.", faults=wrong)


def _parts(names: Sequence[str] | dict[str, str]) -> list[DescriptionPart]:
    return [DescriptionPart(name) for name in names]


def _event_fields(description: SystemDescription) -> dict[str, Any]:
    return description.model_dump(include={"engagement_id", "number", "sha256"})
