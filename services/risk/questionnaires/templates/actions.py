"""The verbs of a template."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.risk.questionnaires.presets.rules import preset_sections
from services.risk.questionnaires.templates.models import QuestionnaireTemplate, TemplateOrigin, TemplateState
from services.risk.questionnaires.templates.rules import ALLOWED, count_of, faults_in
from services.risk.questionnaires.templates.schemas import (
    QuestionnaireTemplateDraft,
    QuestionnaireTemplateRevision,
    QuestionSection,
)
from shared.data.records import ANY_VERSION, locked
from shared.data.sessions import organisation_of
from shared.events.catalogue.questionnaires import (
    QuestionnaireTemplateDrafted,
    QuestionnaireTemplatePublished,
    QuestionnaireTemplateRetired,
    QuestionnaireTemplateRevised,
    QuestionnaireTemplateTold,
)
from shared.events.trail import announce
from shared.identity.callers import Actor
from shared.problems import Fault, Invalid, not_allowed

_NOUN = "questionnaire template"


async def draft_template(
    session: AsyncSession, *, draft: QuestionnaireTemplateDraft, by: Actor, at: datetime
) -> QuestionnaireTemplate:
    """Draft a template, of one's own questions or a preset's. `Invalid` for both or neither, and codes given twice."""
    if (draft.preset is None) == (draft.sections is None):
        detail = "Give sections, or name a preset."
        raise Invalid(detail, faults=[Fault("/sections", detail)])
    if draft.preset is not None:
        sections = [QuestionSection.model_validate(each) for each in preset_sections(draft.preset)]
        return add(session, draft.title, sections, TemplateOrigin(draft.preset), by=by, at=at)
    return add(session, draft.title, draft.sections or [], TemplateOrigin.OWN, by=by, at=at)


def add(
    session: AsyncSession,
    title: str,
    sections: Sequence[QuestionSection],
    origin: TemplateOrigin,
    *,
    by: Actor,
    at: datetime,
) -> QuestionnaireTemplate:
    """Add a draft with these questions. `Invalid` names codes that are given twice."""
    _require_sound(sections)
    template = QuestionnaireTemplate(
        title=title,
        origin=origin,
        sections=[section.model_dump(mode="json") for section in sections],
        questions=count_of(sections),
        org_id=organisation_of(session),
        created_at=at,
        updated_at=at,
    )
    session.add(template)
    _tell(session, template, QuestionnaireTemplateDrafted, by=by, at=at)
    return template


async def revise(
    session: AsyncSession,
    template_id: UUID,
    *,
    revision: QuestionnaireTemplateRevision,
    expected: int,
    by: Actor,
    at: datetime,
) -> None:
    """Change a draft."""
    _require_sound(revision.sections or [])
    template = await _locked(session, template_id, "revise", expected=expected)
    if revision.title is not None:
        template.title = revision.title
    if revision.sections is not None:
        template.sections = [section.model_dump(mode="json") for section in revision.sections]
        template.questions = count_of(revision.sections)
    _tell(session, template, QuestionnaireTemplateRevised, by=by, at=at)


async def publish(session: AsyncSession, template_id: UUID, *, by: Actor, at: datetime) -> None:
    """Draft → published: from now on it is sent, and never changed."""
    template = await _locked(session, template_id, "publish")
    template.status, template.published_at = TemplateState.PUBLISHED, at
    _tell(session, template, QuestionnaireTemplatePublished, by=by, at=at)


async def retire(session: AsyncSession, template_id: UUID, *, by: Actor, at: datetime) -> None:
    """→ retired: it is sent no more; what was sent stays as it is."""
    template = await _locked(session, template_id, "retire")
    template.status = TemplateState.RETIRED
    _tell(session, template, QuestionnaireTemplateRetired, by=by, at=at)


def _require_sound(sections: Sequence[QuestionSection]) -> None:
    if faults := faults_in(sections):
        raise Invalid("; ".join(fault.detail for fault in faults[:3]), faults=faults)


async def _locked(
    session: AsyncSession, template_id: UUID, verb: str, *, expected: int = ANY_VERSION
) -> QuestionnaireTemplate:
    template = await locked(session, QuestionnaireTemplate, template_id, noun=_NOUN, expected=expected)
    can = ALLOWED[TemplateState(template.status)]
    if verb not in can:
        raise not_allowed(verb, template.status, can)
    return template


def _tell(
    session: AsyncSession,
    template: QuestionnaireTemplate,
    kind: type[QuestionnaireTemplateTold],
    *,
    by: Actor,
    at: datetime,
) -> None:
    facts = template.model_dump(include={"title", "origin", "questions", "status"})
    announce(session, kind.model_validate(facts), about=template, by=by, at=at)
