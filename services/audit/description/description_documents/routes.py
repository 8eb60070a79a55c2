from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.audit.description.description_documents import queries
from services.audit.description.description_documents.rules import as_html
from services.audit.description.description_documents.schemas import DescriptionDocument
from shared.http.doors import Read
from shared.http.operations import Routes
from shared.identity.permissions import P
from shared.problems import NotFound

routes = Routes("description documents")

# The page brings its own style along, and nothing else is loaded or run.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@routes.get(
    "/v1/system-descriptions/{description_id}/document",
    permission=P.DESCRIPTIONS_READ,
    response_model=DescriptionDocument,
    responses={200: {"description": "The document", "content": {"text/html": {"schema": {"type": "string"}}}}},
    refuses=(NotFound,),
)
async def get_system_description_document(
    description_id: UUID, read: Read, written_as: Annotated[Literal["json", "html"], Query(alias="as")] = "json"
) -> Response:
    """What a version says with all that it names, as JSON or as a page to print."""
    async with read.transaction() as session:
        document = await queries.document_of(session, description_id)
    if written_as == "json":
        return await read.computed(document)
    return Response(
        as_html(document), headers={"Content-Security-Policy": _POLICY}, media_type="text/html; charset=utf-8"
    )
