from uuid import UUID

from fastapi import Response

from services.risk.questionnaires.templates import actions, queries
from services.risk.questionnaires.templates.schemas import (
    QuestionnaireTemplateDraft,
    QuestionnaireTemplateOut,
    QuestionnaireTemplateRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("questionnaire templates")


routes.list(
    "list_questionnaire_templates",
    "/v1/questionnaire-templates",
    queries.templates,
    QuestionnaireTemplateOut,
    permission=P.VENDORS_READ,
    description="The organisation's sets of questions for vendors.",
)


routes.one(
    "get_questionnaire_template",
    "/v1/questionnaire-templates/{template_id}",
    queries.template,
    QuestionnaireTemplateOut,
    permission=P.VENDORS_READ,
    description="One set of questions.",
)


@routes.post(
    "/v1/questionnaire-templates",
    permission=P.VENDORS_WRITE,
    status_code=201,
    response_model=QuestionnaireTemplateOut,
)
async def draft_questionnaire_template(draft: QuestionnaireTemplateDraft, write: Write) -> Response:
    """Draft a set of questions: one's own, or a copy of a set that comes with Attest."""
    template = await actions.draft_template(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.template, template.id, f"/v1/questionnaire-templates/{template.id}")


@routes.patch(
    "/v1/questionnaire-templates/{template_id}",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireTemplateOut,
    refuses=(NotFound,),
)
async def revise_questionnaire_template(
    template_id: UUID, revision: QuestionnaireTemplateRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft. A published template never changes: draft another."""
    await actions.revise(
        write.session, template_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.template, template_id)


@routes.post(
    "/v1/questionnaire-templates/{template_id}/publications",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireTemplateOut,
    refuses=(NotFound,),
)
async def publish_questionnaire_template(template_id: UUID, write: Write) -> Response:
    """Publish a draft, so that it can be sent."""
    await actions.publish(write.session, template_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.template, template_id)


@routes.post(
    "/v1/questionnaire-templates/{template_id}/retirements",
    permission=P.VENDORS_WRITE,
    response_model=QuestionnaireTemplateOut,
    refuses=(NotFound,),
)
async def retire_questionnaire_template(template_id: UUID, write: Write) -> Response:
    """Send it no more. What was sent stays as it is."""
    await actions.retire(write.session, template_id, by=write.caller.actor, at=write.at)
    return await write.changed(queries.template, template_id)
