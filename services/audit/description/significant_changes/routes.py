from uuid import UUID

from fastapi import Response

from services.audit.description.described_engagements.actions import NotDescribed
from services.audit.description.described_engagements.schemas import DescribedWithdrawal
from services.audit.description.significant_changes import actions, queries
from services.audit.description.significant_changes.schemas import (
    SignificantChangeDraft,
    SignificantChangeOut,
    SignificantChangeRevision,
)
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("significant changes")


routes.list(
    "list_significant_changes",
    "/v1/significant-changes",
    queries.changes,
    SignificantChangeOut,
    permission=P.DESCRIPTIONS_READ,
    description="The significant changes that system descriptions name, withdrawn ones included.",
    auditors=True,
)


routes.one(
    "get_significant_change",
    "/v1/significant-changes/{change_id}",
    queries.change,
    SignificantChangeOut,
    permission=P.DESCRIPTIONS_READ,
    description="One significant change.",
    auditors=True,
)


@routes.post(
    "/v1/engagements/{engagement_id}/significant-changes",
    permission=P.DESCRIPTIONS_WRITE,
    status_code=201,
    response_model=SignificantChangeOut,
    refuses=(NotFound, NotDescribed),
)
async def record_significant_change(engagement_id: UUID, draft: SignificantChangeDraft, write: Write) -> Response:
    """Record a significant change in the period of a Type 2 engagement."""
    change = await actions.record(write.session, engagement_id, draft=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.change, change.id, f"/v1/significant-changes/{change.id}")


@routes.patch(
    "/v1/significant-changes/{change_id}",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SignificantChangeOut,
    refuses=(NotFound,),
)
async def revise_significant_change(
    change_id: UUID, revision: SignificantChangeRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change what is said of it. Approved descriptions stay as they are."""
    await actions.revise(
        write.session, change_id, revision=revision, expected=expected, by=write.caller.actor, at=write.at
    )
    return await write.changed(queries.change, change_id)


@routes.post(
    "/v1/significant-changes/{change_id}/withdrawals",
    permission=P.DESCRIPTIONS_WRITE,
    response_model=SignificantChangeOut,
    refuses=(NotFound,),
)
async def withdraw_significant_change(change_id: UUID, withdrawal: DescribedWithdrawal, write: Write) -> Response:
    """Say that it does not belong into the system description. It stays on record."""
    await actions.withdraw(write.session, change_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.change, change_id)
