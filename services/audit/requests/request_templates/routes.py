from uuid import UUID

from fastapi import Response

from services.audit.requests.request_templates import actions, queries
from services.audit.requests.request_templates.schemas import (
    TemplateDraft,
    TemplateOut,
    TemplateRevision,
    TemplateSummary,
    TemplateWithdrawal,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("request templates")


routes.list(
    "list_request_templates",
    "/v1/request-templates",
    queries.templates,
    TemplateSummary,
    permission=P.REQUEST_TEMPLATES_READ,
    description="The auditing organisation's own lists of requests, withdrawn ones included.",
    auditors=True,
)


routes.one(
    "get_request_template",
    "/v1/request-templates/{template_id}",
    queries.template,
    TemplateOut,
    permission=P.REQUEST_TEMPLATES_READ,
    description="One list of requests.",
    auditors=True,
)


@routes.post(
    "/v1/request-templates",
    permission=P.REQUEST_TEMPLATES_WRITE,
    status_code=201,
    response_model=TemplateOut,
)
async def define_request_template(draft: TemplateDraft, write: Write) -> Response:
    """Define a list of requests that engagements may begin with."""
    template = await actions.define(write.session, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.template, template.id, f"/v1/request-templates/{template.id}")


@routes.patch(
    "/v1/request-templates/{template_id}",
    permission=P.REQUEST_TEMPLATES_WRITE,
    response_model=TemplateOut,
    refuses=(NotFound,),
)
async def revise_request_template(
    template_id: UUID, revision: TemplateRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a list. Requests that were drafted from it stay as they are."""
    await actions.revise(
        write.session, template_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.template, template_id)


@routes.post(
    "/v1/request-templates/{template_id}/withdrawals",
    permission=P.REQUEST_TEMPLATES_WRITE,
    response_model=TemplateOut,
    refuses=(NotFound,),
)
async def withdraw_request_template(template_id: UUID, withdrawal: TemplateWithdrawal, write: Write) -> Response:
    """Say that nothing more is drafted from a list, and why. It stays on record."""
    await actions.withdraw(write.session, template_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.template, template_id)
