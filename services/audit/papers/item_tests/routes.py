from uuid import UUID

from fastapi import Response

from services.audit.papers.item_tests import actions, queries
from services.audit.papers.item_tests.schemas import ItemTestDraft, ItemTestOut
from services.audit.sampling.sample_items.actions import ItemReplaced, NoReplacementLeft
from shared.http.doors import Write
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("item tests")


routes.list(
    "list_item_tests",
    "/v1/item-tests",
    queries.item_tests,
    ItemTestOut,
    permission=P.PAPERS_READ,
    description="The tests of items, in the order of their samples: `paper_id` for those of one paper.",
    auditors=True,
)


routes.one(
    "get_item_test",
    "/v1/item-tests/{test_id}",
    queries.item_test,
    ItemTestOut,
    permission=P.PAPERS_READ,
    description="The test of one item.",
    auditors=True,
)


@routes.put(
    "/v1/papers/{paper_id}/items/{item_id}/test",
    permission=P.PAPERS_WRITE,
    response_model=ItemTestOut,
    refuses=(NotFound, ItemReplaced, NoReplacementLeft),
    auditors=True,
)
async def test_sample_item(paper_id: UUID, item_id: UUID, draft: ItemTestDraft, write: Write) -> Response:
    """Test an item of the paper's sample by its attributes; the item is decided by it. One by one, without defaults."""
    key = await actions.test_item(write.session, paper_id, item_id, draft=draft, caller=write.caller, at=write.at)
    return await write.changed(queries.item_test, key)
