"""Adding to an engagement file after it is complete. Nothing of the file itself changes."""

import base64
import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.filing.engagement_files.models import EngagementFile, FileStatus
from services.audit.filing.engagement_files.queries import file_of_engagement
from services.audit.filing.file_additions.models import FileAddition
from services.audit.filing.file_additions.rules import document_of
from services.audit.filing.file_additions.schemas import FileAdditionDraft
from shared.canonical import canonical
from shared.clock import new_id
from shared.data.records import ANY_VERSION, found, locked
from shared.events.catalogue.filing import FileAdditionRecorded
from shared.events.trail import announce
from shared.identity.callers import Actor, in_person
from shared.problems import NotFound, not_allowed
from shared.trail.sealing import the_seal


async def add(
    session: AsyncSession, file_id: UUID, *, draft: FileAdditionDraft, by: Actor, at: datetime
) -> FileAddition:
    """Add to the file, with who, when and why; by the person's own sign-in."""
    in_person(by, "add to an engagement file")
    file = await locked(session, EngagementFile, file_id, noun="engagement file", expected=ANY_VERSION)
    if file.status != FileStatus.ASSEMBLED:
        raise not_allowed("add to", file.status, [])
    file.additions += 1
    content = base64.b64decode(draft.attachment.content) if draft.attachment else None
    attachment = None
    if draft.attachment is not None and content is not None:
        digest = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        attachment = draft.attachment.model_dump(exclude={"content"}) | digest
    addition = FileAddition(
        id=new_id(),
        engagement_id=file.engagement_id,
        file_id=file.id,
        number=file.additions,
        title=draft.title,
        text=draft.text,
        reason=draft.reason,
        attachment=attachment,
        content=content,
        sha256="",
        added_by=by.recorded,
        org_id=file.org_id,
        created_at=at,
        updated_at=at,
    )
    document = document_of(addition, file_sha256=file.sha256, at=at)
    addition.sha256 = hashlib.sha256(canonical(document)).hexdigest()
    session.add(addition)
    event = FileAdditionRecorded(
        engagement_id=file.engagement_id, file_id=file.id, number=addition.number, sha256=addition.sha256
    )
    announce(session, event, about=addition, by=by, at=at, reason=draft.reason)
    return addition


async def note_withdrawal(
    session: AsyncSession, engagement_id: UUID, *, title: str, reason: str, by: Actor, at: datetime
) -> None:
    """Add to the file of an engagement, if it is assembled, that its report was withdrawn."""
    file = await file_of_engagement(session, engagement_id)
    if file is not None and file.status == FileStatus.ASSEMBLED:
        draft = FileAdditionDraft(title="Withdrawal of a report", text=f"Withdrawn: {title}", reason=reason)
        await add(session, file.id, draft=draft, by=by, at=at)


async def signed(session: AsyncSession, addition_id: UUID) -> dict[str, Any]:
    """The addition with its signature: the same bytes each time."""
    addition = await found(session, FileAddition, addition_id)
    file = await found(session, EngagementFile, addition.file_id) if addition else None
    if addition is None or file is None:
        raise NotFound(f"There is no file addition {addition_id}.")
    return the_seal().signed(document_of(addition, file_sha256=file.sha256, at=addition.created_at))
