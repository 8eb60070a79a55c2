"""The verbs of an import: take its bytes in, understand them, keep the version that they are."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import select

from services.controls.documents.contents import Contents
from services.controls.documents.faults import DocumentInvalid
from services.controls.documents.sources import Source, Understood, understand
from services.controls.frameworks.frameworks.models import Framework, FrameworkVersion
from services.controls.frameworks.imports.models import PART_BYTES, DocumentPart
from services.controls.frameworks.imports.queries import source_of
from services.controls.frameworks.imports.rules import LARGEST, MOST_SOURCES
from services.controls.frameworks.requirements.models import Requirement
from shared.clock import new_id
from shared.data.records import found, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.frameworks import FrameworkVersionImported
from shared.events.trail import announce
from shared.http.fields import Title
from shared.identity.callers import PLATFORM
from shared.problems import Conflict, Fault, NotFound, TooLarge

Transaction = Callable[[], AbstractAsyncContextManager[AsyncSession]]

_IN_MEMORY = 1024 * 1024
_LABEL: TypeAdapter[str] = TypeAdapter(Title)
# A document of the largest size takes some hundred megabytes while it is read: one at a time, the others wait on disk.
_reading = asyncio.Lock()


class ShippedFramework(Conflict):
    """This framework comes with Attest, and so do its versions."""


class LabelTaken(Conflict):
    """The framework has a version of this label."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document that came in, and what it was understood to be."""

    media_type: str
    raw: bytes
    understood: Understood


async def own_framework(session: AsyncSession, framework_id: UUID) -> Framework:
    """The framework, if it is the organisation's own: `NotFound`, or `ShippedFramework`."""
    framework = await found(session, Framework, framework_id)
    if framework is None:
        raise NotFound(f"There is no framework {framework_id}.")
    if framework.org_id == PLATFORM:
        raise ShippedFramework(f"{framework.code} comes with Attest; import into a framework of your own.")
    return framework


async def _sources(session: AsyncSession, bases: Sequence[UUID]) -> list[Source]:
    """The versions that a profile is to be resolved against; `DocumentInvalid` names one that is not here."""
    loaded: dict[UUID, Source] = {}
    for place, base in enumerate(bases):
        source = loaded.get(base) or await source_of(session, base)
        if source is None:
            raise _unusable(f"query/base/{place}", f"there is no framework version {base}")
        loaded[base] = source
    if sum(_weight(each) for each in loaded.values()) > MOST_SOURCES:
        raise _unusable("query/base", f"these, with what they were resolved against, are over {MOST_SOURCES} versions")
    return [loaded[base] for base in bases]


async def receive(chunks: AsyncIterator[bytes]) -> IO[bytes]:
    """The body, on disk once it is more than a megabyte; `TooLarge` as soon as it is."""
    spool = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - whoever reads it closes it
    size = 0
    try:
        async for chunk in chunks:
            size += len(chunk)
            refuse_larger(size)
            spool.write(chunk)
    except BaseException:
        spool.close()
        raise
    return spool


def refuse_larger(size: int) -> None:
    """`TooLarge` when a document is larger than any that is imported."""
    if size > LARGEST:
        raise TooLarge(f"A document may have {LARGEST:,} bytes.")


async def read(spool: IO[bytes], transaction: Transaction, *, media_type: str, bases: Sequence[UUID]) -> Document:
    """Understand a document, in a thread of its own; `DocumentUnreadable` or `DocumentInvalid` with every fault."""
    with spool:
        async with _reading:
            async with transaction() as session:
                sources = await _sources(session, bases)
            return await asyncio.to_thread(_understood, spool, media_type, sources)


async def keep(
    session: AsyncSession,
    framework_id: UUID,
    *,
    document: Document,
    label: str | None,
    bases: Sequence[UUID],
    by: str,
    at: datetime,
) -> FrameworkVersion:
    """Make a version of a document; it can be pinned from now on, and never changes."""
    framework = await locked(session, Framework, framework_id, noun="framework")
    contents = document.understood.contents
    label = _label(label or contents.label)
    same = select(FrameworkVersion.id).where(FrameworkVersion.framework_id == framework_id)
    if (await session.execute(same.where(FrameworkVersion.label == label))).first():
        raise LabelTaken(f"{framework.code} has a version {label} already.", faults=[Fault("query/label", "taken")])
    version = FrameworkVersion(
        org_id=organisation_of(session),
        framework_id=framework_id,
        label=label,
        origin=document.understood.origin,
        categories=[asdict(each) for each in contents.parts],
        requirement_count=sum(entry.assessed for entry in contents.entries),
        media_type=document.media_type,
        size=len(document.raw),
        sha256=hashlib.sha256(document.raw).hexdigest(),
        bases=list(bases),
        remarks=[asdict(each) for each in contents.remarks],
        created_at=at,
        updated_at=at,
    )
    event = FrameworkVersionImported(
        framework=framework.code,
        label=label,
        origin=version.origin,
        requirements=version.requirement_count,
        sha256=str(version.sha256),
    )
    await announce(session, event, about=version, by=by, at=at)
    await _fill(session, version, contents, document.raw)
    return version


async def _fill(session: AsyncSession, version: FrameworkVersion, contents: Contents, raw: bytes) -> None:
    common = {"org_id": version.org_id, "version_id": version.id}
    dated = {"version": 1, "created_at": version.created_at, "updated_at": version.updated_at}
    rows = [
        {**common, **dated, "id": new_id(), "position": position, **asdict(entry)}
        for position, entry in enumerate(contents.entries)
    ]
    if rows:
        await session.execute(insert(Requirement), rows)
    parts = [
        {**common, "number": number, "content": raw[start : start + PART_BYTES]}
        for number, start in enumerate(range(0, len(raw), PART_BYTES))
    ]
    await session.execute(insert(DocumentPart), parts)


def _label(label: str | None) -> str:
    if label is None:
        raise _unusable("query/label", "the document does not say which version it is")
    try:
        return _LABEL.validate_python(label)
    except ValidationError as error:
        detail = f"the document's own label is no title ({error.errors()[0]['msg']}); say another"
        raise _unusable("query/label", detail) from error


def _understood(spool: IO[bytes], media_type: str, sources: Sequence[Source]) -> Document:
    spool.seek(0)
    raw = spool.read()
    return Document(media_type, raw, understand(raw, media_type, sources))


def _weight(source: Source) -> int:
    return 1 + sum(_weight(base) for base in source.bases)


def _unusable(pointer: str, detail: str) -> DocumentInvalid:
    return DocumentInvalid(f"Nothing was imported: {detail}.", faults=[Fault(pointer, detail)])
