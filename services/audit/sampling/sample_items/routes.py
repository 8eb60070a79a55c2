from uuid import UUID

from fastapi import Response

from services.audit.sampling.sample_items import actions, queries
from services.audit.sampling.sample_items.schemas import ItemDecision, SampleItemOut
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("sample items")


routes.list(
    "list_sample_items",
    "/v1/sample-items",
    queries.items,
    SampleItemOut,
    permission=P.SAMPLES_READ,
    auditors=True,
    description="The items of samples, in the order in which they were drawn: `sample_id` for those of one.",
)


routes.one(
    "get_sample_item",
    "/v1/sample-items/{item_id}",
    queries.item,
    SampleItemOut,
    permission=P.SAMPLES_READ,
    auditors=True,
    description="One item of a sample, as the file has it.",
)


@routes.post(
    "/v1/sample-items/{item_id}/decisions",
    permission=P.SAMPLES_WRITE,
    auditors=True,
    response_model=SampleItemOut,
    refuses=(NotFound, actions.ItemReplaced, actions.NoReplacementLeft),
)
async def decide_sample_item(item_id: UUID, decision: ItemDecision, write: Write) -> Response:
    """Say what came of an item. One that the procedure does not apply to is replaced by the next one in the order."""
    await actions.decide(write.session, item_id, decision=decision, caller=write.caller, at=write.at)
    return await write.changed(queries.item, item_id)
