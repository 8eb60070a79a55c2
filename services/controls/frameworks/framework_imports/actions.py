"""The verbs of an import: take its bytes in, understand them, keep the version that they are."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import IO
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.documents.contents import Contents, Source, Understood
from services.controls.documents.faults import DocumentInvalid
from services.controls.documents.tasks import understand
from services.controls.frameworks.framework_imports.models import PART_BYTES, DocumentPart
from services.controls.frameworks.framework_imports.queries import source_of
from services.controls.frameworks.framework_imports.rules import MOST_SOURCES, location_of
from services.controls.frameworks.framework_imports.schemas import VersionInput
from services.controls.frameworks.frameworks.models import Framework, FrameworkStatus, FrameworkVersion
from services.controls.frameworks.requirements.models import Requirement
from shared.children.pool import Children
from shared.children.process import parts_of
from shared.clock import new_id
from shared.data.records import found, locked
from shared.data.sessions import instant_of, organisation_of
from shared.events.catalogue.frameworks import FrameworkVersionImported
from shared.events.trail import announce
from shared.http.fields import Title
from shared.identity.callers import PLATFORM, Actor
from shared.identity.permissions import P
from shared.jobs.job import Outcome
from shared.jobs.work import Concluded, Job, Work
from shared.problems import ComesWithAttest, Conflict, Fault, NotFound, not_allowed, words_of

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]

_READ = 0.7  # of all the work, when the document has been understood
_AT_ONCE = 250  # requirements in one statement
_LABEL: TypeAdapter[str] = TypeAdapter(Title)


class LabelTaken(Conflict):
    """The framework already has a version with this label."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that came in, and what it was understood to be."""

    media_type: str
    body: IO[bytes]
    size: int
    sha256: str
    understood: Understood


async def own_framework(session: AsyncSession, framework_id: UUID) -> Framework:
    """The framework, if it is the organisation's own: `NotFound`, or `ComesWithAttest`."""
    framework = await found(session, Framework, framework_id)
    if framework is None:
        raise NotFound(f"There is no framework {framework_id}.")
    if framework.org_id == PLATFORM:
        raise ComesWithAttest(f"{framework.code} comes with Attest; import into a framework of your own.")
    return framework


async def _sources(session: AsyncSession, bases: Sequence[UUID]) -> list[Source]:
    """The versions that a profile is to be resolved against; `DocumentInvalid` names one that is not here."""
    loaded: dict[UUID, Source] = {}
    for place, base in enumerate(bases):
        source = loaded.get(base) or await source_of(session, base)
        if source is None:
            raise _unusable(f"query/base/{place}", f"there is no framework version {base}")
        loaded[base] = source
    if sum(_weight(source) for source in loaded.values()) > MOST_SOURCES:
        raise _unusable(
            "query/base", f"with the versions that they were resolved against, these are more than {MOST_SOURCES}"
        )
    return [loaded[base] for base in bases]


async def read(
    children: Children,
    org_id: UUID,
    transaction: Transaction,
    *,
    body: IO[bytes],
    media_type: str,
    bases: Sequence[UUID],
) -> Document:
    """Understand a document: `DocumentUnreadable` or `DocumentInvalid` with every fault, `LimitExceeded`, `Busy`."""
    digest = hashlib.sha256()

    def parts() -> Iterator[bytes]:
        for part in parts_of(body):
            digest.update(part)
            yield part

    async def sources() -> list[Source]:
        async with transaction() as session:
            return await _sources(session, bases)

    understood = await understand(children, org_id, parts(), media_type, sources)
    return Document(media_type, body, body.tell(), digest.hexdigest(), understood)


async def keep(
    session: AsyncSession,
    framework_id: UUID,
    *,
    document: Document,
    label: str | None,
    bases: Sequence[UUID],
    by: Actor,
    at: datetime,
) -> FrameworkVersion:
    """Make a version of a document; it can be pinned from now on, and never changes."""
    framework = await locked(session, Framework, framework_id, noun="framework")
    if framework.status != FrameworkStatus.ACTIVE:
        raise not_allowed("import a version", framework.status, [])
    contents = document.understood.contents
    label = _label(label or contents.label)
    same = select(FrameworkVersion.id).where(
        FrameworkVersion.framework_id == framework_id,
        FrameworkVersion.label == label,
        FrameworkVersion.status == FrameworkStatus.ACTIVE,
    )
    if (await session.execute(same)).first():
        raise LabelTaken(f"{framework.code} has a version {label} already.", faults=[Fault("query/label", "taken")])
    version = FrameworkVersion(
        org_id=organisation_of(session),
        framework_id=framework_id,
        label=label,
        origin=document.understood.origin,
        categories=[asdict(part) for part in contents.parts],
        requirement_count=sum(entry.assessed for entry in contents.entries),
        media_type=document.media_type,
        size=document.size,
        sha256=document.sha256,
        bases=list(bases),
        remarks=[asdict(remark) for remark in contents.remarks],
        created_at=at,
        updated_at=at,
    )
    session.add(version)
    event = FrameworkVersionImported(
        framework=framework.code,
        label=label,
        origin=version.origin,
        requirements=version.requirement_count,
        sha256=str(version.sha256),
    )
    announce(session, event, about=version, by=by, at=at)
    await _fill(session, version, contents, document.body)
    return version


async def _fill(session: AsyncSession, version: FrameworkVersion, contents: Contents, body: IO[bytes]) -> None:
    common = {"org_id": version.org_id, "version_id": version.id}
    dated = {"version": 1, "created_at": version.created_at, "updated_at": version.updated_at}
    rows = [
        {**common, **dated, "id": new_id(), "position": position, **asdict(entry)}
        for position, entry in enumerate(contents.entries)
    ]
    for start in range(0, len(rows), _AT_ONCE):
        await session.execute(insert(Requirement), rows[start : start + _AT_ONCE])
    body.seek(0)
    for number, content in enumerate(iter(lambda: body.read(PART_BYTES), b"")):
        await session.execute(insert(DocumentPart), {**common, "number": number, "content": content})


async def import_version(work: Work[VersionInput]) -> Concluded:
    """The import as a job."""
    given = work.input
    with await work.body() as body:
        document = await read(
            work.platform.children,
            work.org_id,
            lambda: work.platform.database.transaction(work.org_id),
            body=body,
            media_type=given.media_type,
            bases=given.bases,
        )
        await work.note(_READ)

        async def kept(session: AsyncSession) -> Outcome:
            version = await keep(
                session,
                given.framework_id,
                document=document,
                label=given.label,
                bases=given.bases,
                by=work.by,
                at=instant_of(session),
            )
            return Outcome(location=location_of(version.id))

        return await work.conclude(kept)


FRAMEWORK_IMPORT = Job("framework-import", VersionInput, P.FRAMEWORKS_WRITE, import_version)


def _label(label: str | None) -> str:
    if label is None:
        raise _unusable("query/label", "the document does not say which version it is")
    try:
        return _LABEL.validate_python(label)
    except ValidationError as error:
        detail = f"the document's own label is no title ({words_of(error.errors()[0])}); say another"
        raise _unusable("query/label", detail) from error


def _weight(source: Source) -> int:
    return 1 + sum(_weight(base) for base in source.bases)


def _unusable(pointer: str, detail: str) -> DocumentInvalid:
    return DocumentInvalid(f"Nothing was imported: {detail}.", faults=[Fault(pointer, detail)])
