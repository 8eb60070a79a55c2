"""The verbs of a request template."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.audit.requests.request_templates.models import RequestTemplate, TemplateStatus
from services.audit.requests.request_templates.rules import faults_of
from services.audit.requests.request_templates.schemas import TemplateDraft, TemplateLine, TemplateRevision
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.requests import (
    RequestTemplateDefined,
    RequestTemplateRevised,
    RequestTemplateWithdrawn,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Invalid, not_allowed


async def define(session: AsyncSession, *, draft: TemplateDraft, by: Actor, at: datetime) -> RequestTemplate:
    """Define a list of requests. `Invalid` names every line whose code another line has."""
    _require_own_codes(draft.lines)
    template = RequestTemplate(
        **draft.model_dump(mode="json"), org_id=organisation_of(session), created_at=at, updated_at=at
    )
    session.add(template)
    announce(session, RequestTemplateDefined(**_event_fields(template)), about=template, by=by, at=at)
    return template


async def revise(
    session: AsyncSession, template_id: UUID, *, revision: TemplateRevision, expected: int, by: Actor, at: datetime
) -> None:
    """Change a template. Requests that were drafted from it stay as they are."""
    _require_own_codes(revision.lines or [])
    template = await _active(session, template_id, "revise", expected=expected)
    for name, value in revision.model_dump(mode="json", exclude_none=True).items():
        setattr(template, name, value)
    announce(session, RequestTemplateRevised(**_event_fields(template)), about=template, by=by, at=at)


async def withdraw(session: AsyncSession, template_id: UUID, *, reason: str, by: Actor, at: datetime) -> None:
    """Active → withdrawn. It stays on record."""
    template = await _active(session, template_id, "withdraw", expected=ANY_VERSION)
    template.status = TemplateStatus.WITHDRAWN
    event = RequestTemplateWithdrawn(**_event_fields(template))
    announce(session, event, about=template, by=by, at=at, reason=reason)


async def _active(session: AsyncSession, template_id: UUID, verb: str, *, expected: int) -> RequestTemplate:
    template = await locked(session, RequestTemplate, template_id, noun="request template", expected=expected)
    if template.status != TemplateStatus.ACTIVE:
        raise not_allowed(verb, template.status, [])
    return template


def _require_own_codes(lines: list[TemplateLine]) -> None:
    if faults := faults_of(lines):
        raise Invalid("One code names one request.", faults=faults)


def _event_fields(template: RequestTemplate) -> dict[str, Any]:
    return {"title": template.title, "lines": len(template.lines)}
