"""Documents are understood and written in child processes: this is what services call."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from uuid import UUID

from services.controls.documents.contents import Source, Understood
from services.controls.documents.faults import DocumentInvalid, DocumentUnreadable
from services.controls.documents.travelling import parts_of_sources, received_understood
from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits
from shared.tables.formats import UnreadableTable

_LIMITS = Limits(memory=1024 * MEBIBYTE, processor_seconds=60, elapsed_seconds=300, answer=256 * MEBIBYTE)

UNDERSTANDING = ChildTask(
    module="services.controls.documents.running",
    function="understand_document",
    doing="Reading a document",
    limits=_LIMITS,
    refuses=(DocumentUnreadable, DocumentInvalid, UnreadableTable),
)
WRITING = ChildTask(
    module="services.controls.documents.running",
    function="write_catalogue",
    doing="Writing a catalogue",
    limits=_LIMITS,
    refuses=(DocumentInvalid,),
)


async def understand(
    children: Children,
    org_id: UUID,
    document: Iterable[bytes],
    media_type: str,
    sources: Callable[[], Awaitable[Sequence[Source]]],
) -> Understood:
    """The requirements in a document: `DocumentUnreadable` or `DocumentInvalid` with every fault, or `LimitExceeded`.

    The versions that it may be resolved against are loaded once it is its turn: they may be large, and many may wait.
    """

    async def given() -> AsyncIterator[bytes]:
        for part in parts_of_sources(await sources()):
            yield part
        for part in document:
            yield part

    head, *entries = await children.run(UNDERSTANDING, org_id, media_type, given())
    return await received_understood(head, entries)


async def written_catalogue(children: Children, org_id: UUID, source: Callable[[], Awaitable[Source]]) -> list[bytes]:
    """A version as an OSCAL catalogue, in parts."""

    async def given() -> AsyncIterator[bytes]:
        for part in parts_of_sources([await source()]):
            yield part

    return await children.run(WRITING, org_id, None, given())
