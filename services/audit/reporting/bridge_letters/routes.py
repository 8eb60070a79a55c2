from typing import Annotated, Literal
from uuid import UUID

from fastapi import Query, Response

from services.audit.reporting.bridge_letters import actions, queries
from services.audit.reporting.bridge_letters.models import BridgeLetter
from services.audit.reporting.bridge_letters.schemas import (
    BridgeLetterDocument,
    BridgeLetterDraft,
    BridgeLetterOut,
    BridgeLetterRevision,
    LetterSending,
    LetterSignature,
    LetterWithdrawal,
)
from services.audit.wording.bridges import document_of
from shared.data.records import found
from shared.http.doors import Read, Write
from shared.http.operations import Routes
from shared.http.preconditions import ExpectedVersion
from shared.identity.permissions import P
from shared.printing.html_pages import as_html
from shared.printing.problems import CannotBePrinted
from shared.printing.tasks import PDF, printed
from shared.problems import Busy, LimitExceeded, NotFound

routes = Routes("bridge letters")

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_FORMS = {"text/html": {"schema": {"type": "string"}}, "application/pdf": {"schema": {"type": "string"}}}


routes.list(
    "list_bridge_letters",
    "/v1/bridge-letters",
    queries.letters,
    BridgeLetterOut,
    permission=P.BRIDGE_LETTERS_READ,
    description="The organisation's bridge letters, newest first.",
)


routes.one(
    "get_bridge_letter",
    "/v1/bridge-letters/{letter_id}",
    queries.letter,
    BridgeLetterOut,
    permission=P.BRIDGE_LETTERS_READ,
    description="One bridge letter.",
)


@routes.get(
    "/v1/bridge-letters/{letter_id}/document",
    permission=P.BRIDGE_LETTERS_READ,
    response_model=BridgeLetterDocument,
    responses={200: {"description": "The letter", "content": _FORMS}},
    refuses=(NotFound, CannotBePrinted, LimitExceeded, Busy),
)
async def get_bridge_letter_document(
    letter_id: UUID, read: Read, written_as: Annotated[Literal["json", "html", "pdf"], Query(alias="as")] = "json"
) -> Response:
    """What a letter says, as JSON, as a page or as PDF. An unsigned one says that it is a draft."""
    async with read.transaction() as session:
        letter = await found(session, BridgeLetter, letter_id)
        if letter is None:
            raise NotFound(f"There is no bridge letter {letter_id}.")
    content = actions.content_of(letter)
    if written_as == "json":
        return await read.computed(BridgeLetterDocument(id=letter.id, status=letter.status, content=content))
    document = document_of(content)
    if written_as == "html":
        headers = {"Content-Security-Policy": _POLICY}
        return Response(as_html(document), headers=headers, media_type="text/html; charset=utf-8")
    pdf = await printed(read.platform.children, PDF, read.caller.org_id, document, at=letter.updated_at)
    return Response(pdf, media_type="application/pdf")


@routes.post(
    "/v1/bridge-letters",
    permission=P.BRIDGE_LETTERS_WRITE,
    status_code=201,
    response_model=BridgeLetterOut,
    refuses=(actions.NothingToBridge,),
)
async def draft_bridge_letter(draft: BridgeLetterDraft, write: Write) -> Response:
    """Draft a letter about the days after the period of an issued Type 2 report."""
    letter = await actions.draft(write.session, given=draft, by=write.caller.actor, at=write.at)
    return await write.created(queries.letter, letter.id, f"/v1/bridge-letters/{letter.id}", as_of=write.at)


@routes.patch(
    "/v1/bridge-letters/{letter_id}",
    permission=P.BRIDGE_LETTERS_WRITE,
    response_model=BridgeLetterOut,
    refuses=(NotFound,),
)
async def revise_bridge_letter(
    letter_id: UUID, revision: BridgeLetterRevision, expected: ExpectedVersion, write: Write
) -> Response:
    """Change a draft."""
    by, at = write.caller.actor, write.at
    await actions.revise(write.session, letter_id, given=revision, expected=expected, by=by, at=at)
    return await write.changed(queries.letter, letter_id, as_of=write.at)


@routes.post(
    "/v1/bridge-letters/{letter_id}/signatures",
    permission=P.BRIDGE_LETTERS_SIGN,
    response_model=BridgeLetterOut,
    refuses=(NotFound, actions.NothingToBridge),
)
async def sign_bridge_letter(letter_id: UUID, signature: LetterSignature, write: Write) -> Response:
    """Record that an officer signed the letter, which says of changes and incidents which there were, or none."""
    await actions.sign(write.session, letter_id, given=signature, by=write.caller.actor, at=write.at)
    return await write.changed(queries.letter, letter_id, as_of=write.at)


@routes.post(
    "/v1/bridge-letters/{letter_id}/sendings",
    permission=P.BRIDGE_LETTERS_WRITE,
    response_model=BridgeLetterOut,
    refuses=(NotFound, actions.NothingToBridge),
)
async def send_bridge_letter(letter_id: UUID, sending: LetterSending, write: Write) -> Response:
    """Record to whom a signed letter was sent; as often as it was."""
    await actions.send(write.session, letter_id, sent_to=sending.sent_to, by=write.caller.actor, at=write.at)
    return await write.changed(queries.letter, letter_id, as_of=write.at)


@routes.post(
    "/v1/bridge-letters/{letter_id}/withdrawals",
    permission=P.BRIDGE_LETTERS_WRITE,
    response_model=BridgeLetterOut,
    refuses=(NotFound,),
)
async def withdraw_bridge_letter(letter_id: UUID, withdrawal: LetterWithdrawal, write: Write) -> Response:
    """Say that a letter does not count any longer; it stays on record."""
    await actions.withdraw(write.session, letter_id, reason=withdrawal.reason, by=write.caller.actor, at=write.at)
    return await write.changed(queries.letter, letter_id, as_of=write.at)
