"""PNG is made in a child process: this is what routes call."""

from uuid import UUID

from shared.children.pool import Children
from shared.children.task import MEBIBYTE, ChildTask, Limits

PNG = ChildTask(
    module="services.risk.pictures.png",
    function="write_png",
    doing="Drawing a picture",
    limits=Limits(memory=1024 * MEBIBYTE, processor_seconds=20, elapsed_seconds=30),
)


async def as_png(children: Children, org_id: UUID, svg: str, words: str) -> bytes:
    """An SVG picture as PNG at 144 dots an inch; `words` describe it. `Busy` when too many wait, `LimitExceeded`."""
    return b"".join(await children.run(PNG, org_id, {"words": words}, [svg.encode()]))
